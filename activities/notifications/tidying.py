"""The sweep over all tenants: notifications that are old."""

from __future__ import annotations

from temporalio import activity

from core.db import Database
from domain.notifications.repository import all_tenants, remove_old
from domain.notifications.types import READ_KEPT, UNREAD_KEPT, NoticesSwept, TidyNoticesInput


class TidyingNoticesActivities:
    """Takes away what nobody will look for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @activity.defn(name="notifications.sweep_old")
    async def sweep_old(self, tidy: TidyNoticesInput) -> NoticesSwept:
        """Remove what was read 90 days ago, and what nobody read in a year."""
        async with self._db.unit_of_work(tidy.tenant_id, "notifications") as uow:
            tenants = await all_tenants(uow.session)
        removed = 0
        for tenant_id in tenants:
            async with self._db.unit_of_work(tenant_id, "notifications") as uow:
                removed += await remove_old(uow.session, READ_KEPT, UNREAD_KEPT)
        return NoticesSwept(removed)
