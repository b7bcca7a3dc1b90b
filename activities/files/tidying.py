"""The sweep over all tenants: uploads that never came whole, and bytes that belong to no file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio import activity

from core.db import Database
from core.storage import Storage, StoredObject
from domain.files import service
from domain.files.repository import FileRepository
from domain.files.types import Swept, TidyInput

GIVEN_UP_AFTER = timedelta(hours=24)
"""Longer than any upload may take; and how old an object without a row must be before it counts as left behind."""


class TidyingActivities:
    """Takes away what crashes and lost connections leave behind."""

    def __init__(self, db: Database, storage: Storage) -> None:
        self._db = db
        self._storage = storage

    @activity.defn(name="files.sweep_uploads")
    async def sweep_uploads(self, tidy: TidyInput) -> Swept:
        """Forget the uploads that were given up, tenant by tenant, and free their space."""
        async with self._db.unit_of_work(tidy.tenant_id, "files") as uow:
            tenants = await FileRepository(uow.session).all_tenants()
        return Swept(uploads=sum([await self._sweep_tenant(tenant) for tenant in tenants]))

    @activity.defn(name="files.sweep_objects")
    async def sweep_objects(self, _tidy: TidyInput) -> Swept:
        """Erase old objects whose file has no row, and what a killed process left half written."""
        erased = await self._storage.erase_unfinished(GIVEN_UP_AFTER)
        async for found in self._storage.list("tenants"):
            if _is_old(found) and await self._is_orphan(found.key):
                await self._storage.delete(found.key)
                erased += 1
        return Swept(objects=erased)

    async def _sweep_tenant(self, tenant_id: UUID) -> int:
        async with self._db.unit_of_work(tenant_id, "files") as uow:
            stale = await FileRepository(uow.session).stale_uploads(GIVEN_UP_AFTER)
            return sum([await service.abandon_upload(uow, file_id) for file_id in stale])

    async def _is_orphan(self, key: str) -> bool:
        """Ask for the row of an object of ours; the objects of other features are not judged."""
        ref = service.file_of(key)
        if ref is None:
            return False
        async with self._db.unit_of_work(ref.tenant_id, "files") as uow:
            return await FileRepository(uow.session).find(ref.file_id) is None


def _is_old(found: StoredObject) -> bool:
    return datetime.now(UTC) - found.modified_at > GIVEN_UP_AFTER
