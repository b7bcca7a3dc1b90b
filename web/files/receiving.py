"""Takes an upload from the first byte to the launched run, or leaves nothing of it."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from werkzeug.exceptions import RequestTimeout

from domain.files import service
from domain.files.errors import too_many_files
from web.kit import (
    UploadedField,
    UploadedFile,
    act_of,
    current_context,
    current_person,
    is_htmx,
    patience,
    services,
    unit_of_work,
)
from workflows.files.start import start_ingest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from core.runs.groups import Act
    from domain.files.models import File

SECONDS_TO_STORE = 120
SECONDS_BETWEEN_RENEWALS = 60
SECONDS_FOR_ANY, SLOWEST, LONGEST_SECONDS = 600, 32 * 1024, 12 * 3600
"""An upload may take ten minutes, and as much longer as its size takes at 32 KiB a second; half a day is the end."""

clock = time.monotonic

MOST_FILES = 20
"""How many files one request may bring; the page sends each by itself."""


async def receive_all(parts: AsyncIterator[UploadedFile | UploadedField], most_bytes: int) -> list[UUID]:
    """Take in the files of a form, one after the other, and return their ids.

    Each is whole and in work, or not there at all: what stops one leaves those before it, also when there are too many.
    What came by one act of a person is told together: the page names the act, ahead of its files; a form without
    scripts is one.
    """
    taken: list[UUID] = []
    left = most_bytes
    fields: dict[str, str] = {}
    act = None if is_htmx() else act_of(secrets.token_urlsafe(16))
    async for part in parts:
        if isinstance(part, UploadedField):
            fields[part.field] = part.value
            if "act" in fields:
                act = act_of(fields["act"], fields.get("act_size", "0"))
        if isinstance(part, UploadedFile) and part.filename:
            if len(taken) == MOST_FILES:
                raise too_many_files(MOST_FILES)
            file_id, size = await receive(part, left, act)
            taken.append(file_id)
            left -= size
    return taken


async def receive(upload: UploadedFile, most_bytes: int, act: Act | None = None) -> tuple[UUID, int]:
    """Store the bytes, launch the ingest run and return the file's id and its size.

    Raises QuotaError before a byte is stored where ``most_bytes`` do not fit. Space is reserved ahead of what arrives.
    """
    async with unit_of_work("files", effect=False) as uow:
        file = await service.begin_upload(uow, current_person().id, upload.filename, upload.content_type, most_bytes)
    try:
        size = await _take(file, upload, most_bytes, act)
    except BaseException:  # whatever stopped it, a lost connection or a stopping server, nothing may be left
        await asyncio.shield(_give_up(file.id))
        raise
    return file.id, size


async def _take(file: File, upload: UploadedFile, most_bytes: int, act: Act | None) -> int:
    key = service.key_of(current_context().tenant_id, file.id)
    limit = min(most_bytes, services().settings.max_upload_bytes)
    arriving = _Arriving(file, upload.chunks, most_bytes)
    with patience(SECONDS_TO_STORE):
        stored = await services().storage.put_stream(key, arriving.chunks(), limit=limit)
    async with unit_of_work("files") as uow:
        file = await service.complete_upload(uow, file.id, stored)
        await start_ingest(uow, file, act)
    return stored.size


class _Arriving:
    """A file under way. Space is reserved ahead of its bytes, and its lease renewed, as they come; both have an end."""

    def __init__(self, file: File, chunks: AsyncIterator[bytes], most_bytes: int) -> None:
        self._file_id, self._reserved = file.id, file.size
        self._chunks = chunks
        self._arrived = 0
        self._renewed_at = clock()
        self._ends_at = self._renewed_at + min(LONGEST_SECONDS, SECONDS_FOR_ANY + most_bytes / SLOWEST)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes; raises QuotaError, ConflictError, or RequestTimeout for what takes longer than it may."""
        async for chunk in self._chunks:
            self._arrived += len(chunk)
            await self._keep(clock())
            yield chunk

    async def _keep(self, now: float) -> None:
        if now > self._ends_at:
            raise RequestTimeout
        if self._arrived <= self._reserved and now - self._renewed_at < SECONDS_BETWEEN_RENEWALS:
            return
        async with unit_of_work("files", effect=False) as uow:
            self._reserved = await service.keep_upload(uow, self._file_id, self._arrived, self._reserved)
        self._renewed_at = now


async def _give_up(file_id: UUID) -> None:
    async with unit_of_work("files", effect=False) as uow:
        gone = await service.abandon_upload(uow, file_id)
    if gone:
        await services().storage.delete(service.key_of(current_context().tenant_id, file_id))
