"""How pages ask for the workflows of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import SYSTEM_ACTOR_ID
from core.runs.launch import launch
from domain.files.types import IngestInput, RemoveInput
from workflows.files.contract import INGEST, REMOVE

if TYPE_CHECKING:
    from core.db import UnitOfWork
    from core.runs.groups import Act
    from core.runs.launch import LaunchedRun
    from domain.files.models import File


async def start_ingest(uow: UnitOfWork, file: File, act: Act | None = None) -> LaunchedRun:
    """Have a file prepared whose bytes have arrived; those that came by the same act are told together."""
    return await launch(
        uow,
        INGEST,
        IngestInput(file.tenant_id, file.uploader_id, file.id),
        key=str(file.id),
        subject=("file", str(file.id)),
        title_params={"name": file.name},
        result_path=f"/files/{file.id}",
        size=file.size,
        act=act,
    )


async def start_removal(uow: UnitOfWork, file: File) -> LaunchedRun:
    """Have a file erased that was just put into the trash.

    The moment of the trashing is part of the key: a file that was brought back can be removed again.
    """
    return await launch(
        uow,
        REMOVE,
        RemoveInput(file.tenant_id, uow.actor_id or SYSTEM_ACTOR_ID, file.id, file.trashed_at),
        key=f"{file.id}/{file.trashed_at}",
        subject=("removal", str(file.id)),
        title_params={"name": file.name},
    )
