"""The last steps of a file: its space is counted, its row opened or blocked, and everybody told."""

from __future__ import annotations

from temporalio import activity

from core.db import Database
from core.storage import Storage
from domain.files import quota, service
from domain.files.types import KEPT, FileRef, Findings


class SettlingActivities:
    """Makes the verdict on a file true."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    @activity.defn(name="files.quota")
    async def quota(self, findings: Findings) -> None:
        """Turn the reservation of a file that is kept into use; give back that of another."""
        async with self._db.unit_of_work(findings.tenant_id, "files") as uow:
            await service.settle(uow, findings)

    @activity.defn(name="files.unquota")
    async def unquota(self, findings: Findings) -> None:
        """Turn use back into a reservation."""
        async with self._db.unit_of_work(findings.tenant_id, "files") as uow:
            await quota.unuse(uow, findings.file_id)

    @activity.defn(name="files.index")
    async def index(self, findings: Findings) -> None:
        """Write down what was found out; from here on a ready file can be opened, and what is not kept has no bytes.

        They go last: a run that is launched again finds either bytes to look at, or the verdict.
        """
        async with self._db.unit_of_work(findings.tenant_id, "files") as uow:
            await service.index(uow, findings)
        folder = service.folder_of(findings.tenant_id, findings.file_id)
        if findings.verdict not in KEPT:
            await self._storage.delete_prefix(folder)
        elif findings.note == "undrawable":
            await self._erase_drawings(folder)

    async def _erase_drawings(self, folder: str) -> None:
        """Erase what one job has drawn before another one failed: nobody is shown half of a preview."""
        async for found in self._storage.list(folder):
            if not found.key.endswith("/original"):
                await self._storage.delete(found.key)

    @activity.defn(name="files.unindex")
    async def unindex(self, findings: Findings) -> None:
        """Close the file again."""
        async with self._db.unit_of_work(findings.tenant_id, "files") as uow:
            await service.unindex(uow, findings.file_id)

    @activity.defn(name="files.announce")
    async def announce(self, ref: FileRef) -> None:
        """Have every open list of the tenant read itself again."""
        async with self._db.unit_of_work(ref.tenant_id, "files") as uow:
            uow.publish(service.CHANGED, str(ref.file_id))
