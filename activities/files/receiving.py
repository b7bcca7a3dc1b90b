"""The first step of a file: what has arrived."""

from __future__ import annotations

from temporalio import activity

from core.db import Database
from core.storage import Storage
from domain.files import service
from domain.files.errors import no_such_file
from domain.files.repository import FileRepository
from domain.files.types import FileRef, Received


class ReceivingActivities:
    """Takes over an upload, or takes it back as a whole."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    @activity.defn(name="files.receive")
    async def receive(self, ref: FileRef) -> Received:
        """Make sure that the uploaded bytes are all there."""
        async with self._db.unit_of_work(ref.tenant_id, "files") as uow:
            file = await FileRepository(uow.session).get(ref.file_id)
        if file.verdict is not None:
            return Received(file.size, file.verdict)
        if file.state != "pending":
            raise no_such_file()
        key = service.key_of(ref.tenant_id, ref.file_id)
        if not await self._storage.exists(key) or await self._storage.size(key) != file.size:
            raise no_such_file()
        return Received(file.size)

    @activity.defn(name="files.unreceive")
    async def unreceive(self, ref: FileRef) -> None:
        """Leave nothing of the upload: no row, no space, no bytes."""
        async with self._db.unit_of_work(ref.tenant_id, "files") as uow:
            if not await service.take_back(uow, ref.file_id):
                return
        await self._storage.delete_prefix(service.folder_of(ref.tenant_id, ref.file_id))
