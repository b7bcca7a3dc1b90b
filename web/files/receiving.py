"""Takes an upload from the first byte to the launched run, or leaves nothing of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.files import service
from domain.files.errors import too_many_files
from web.kit import UploadedFile, current_context, current_person, patience, services, unit_of_work
from workflows.files.start import start_ingest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from web.kit import UploadedField

SECONDS_TO_STORE = 120
MOST_FILES = 20
"""How many files one request may bring; the page sends each by itself."""


async def receive_all(parts: AsyncIterator[UploadedFile | UploadedField], most_bytes: int) -> list[UUID]:
    """Take in the files of a form, one after the other, and return their ids.

    Each is whole and in work, or not there at all: what stops one leaves those before it, also when there are too many.
    """
    taken: list[UUID] = []
    left = most_bytes
    async for part in parts:
        if isinstance(part, UploadedFile) and part.filename:
            if len(taken) == MOST_FILES:
                raise too_many_files(MOST_FILES)
            file_id, size = await receive(part, left)
            taken.append(file_id)
            left -= size
    return taken


async def receive(upload: UploadedFile, most_bytes: int) -> tuple[UUID, int]:
    """Store the bytes, launch the ingest run and return the file's id and its size.

    ``most_bytes`` is reserved until the real size is known; raises QuotaError before a byte is stored.
    """
    async with unit_of_work("files") as uow:
        file = await service.begin_upload(uow, current_person().id, upload.filename, upload.content_type, most_bytes)
    try:
        size = await _take(file.id, upload, most_bytes)
    except BaseException:  # whatever stopped it, a lost connection or a stopping server, nothing may be left
        await asyncio.shield(_give_up(file.id))
        raise
    return file.id, size


async def _take(file_id: UUID, upload: UploadedFile, most_bytes: int) -> int:
    key = service.key_of(current_context().tenant_id, file_id)
    limit = min(most_bytes, services().settings.max_upload_bytes)
    with patience(SECONDS_TO_STORE):
        stored = await services().storage.put_stream(key, upload.chunks, limit=limit)
    async with unit_of_work("files") as uow:
        file = await service.complete_upload(uow, file_id, stored)
        await start_ingest(uow, file)
    return stored.size


async def _give_up(file_id: UUID) -> None:
    async with unit_of_work("files") as uow:
        gone = await service.abandon_upload(uow, file_id)
    if gone:
        await services().storage.delete(service.key_of(current_context().tenant_id, file_id))
