"""The steps of removing a file."""

from __future__ import annotations

from temporalio import activity

from core.db import Database
from core.storage import Storage
from domain.files import service
from domain.files.repository import FileRepository
from domain.files.types import FileRef


class RemovalActivities:
    """Puts files into the trash, takes them out again, or erases them."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    @activity.defn(name="files.trash")
    async def trash(self, ref: FileRef) -> None:
        """Put the file out of sight, if the page has not done so, in the transaction that launched the run.

        Where it has, and the file is not there now, rows are older than this run: it is nobody's to remove.
        """
        async with self._db.unit_of_work(ref.tenant_id, "files", actor_id=ref.actor_id) as uow:
            if ref.trashed_at is None:
                await service.trash(uow, ref.file_id)

    @activity.defn(name="files.untrash")
    async def untrash(self, ref: FileRef) -> None:
        """Bring the file back."""
        async with self._db.unit_of_work(ref.tenant_id, "files", actor_id=ref.actor_id) as uow:
            await service.restore(uow, ref)

    @activity.defn(name="files.erase")
    async def erase(self, ref: FileRef) -> None:
        """Erase the bytes, then the row: a crash in between leaves a file that can still be erased.

        Only of a file that lies in the trash since this removal put it there.
        """
        async with self._db.unit_of_work(ref.tenant_id, "files", actor_id=ref.actor_id) as uow:
            if await service.in_trash(uow, ref) is None:
                return
        await self._storage.delete_prefix(service.folder_of(ref.tenant_id, ref.file_id))
        async with self._db.unit_of_work(ref.tenant_id, "files", actor_id=ref.actor_id) as uow:
            if await FileRepository(uow.session).find(ref.file_id):
                await uow.audit("files.erased", f"file:{ref.file_id}")
            await service.forget(uow, ref.file_id)
