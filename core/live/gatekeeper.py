"""Whether those who look may still look: one query a tenant, however many pages are open."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from core.db import Database
    from core.live.viewer import Subscription

STILL_IN = text("""
    select s.id, case when t.slug = 'home' then (case s.level when 'full' then 'member' else 'pending' end)
                      else p.role end as role
    from platform.sessions s
    join platform.tenants t on t.id = s.tenant_id and t.state = 'active'
    left join platform.people p on p.tenant_id = s.tenant_id and p.user_id = s.user_id and p.state = 'active'
    where s.tenant_id = :tenant_id and s.id = any(:ids) and s.expires_at > now()
""")


class SessionGatekeeper:
    """Lets a stream stay while its session is open and the person has the role that the stream was opened with."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, subscriptions: Sequence[Subscription]) -> Collection[Subscription]:
        """Return those that may stay."""
        by_tenant: dict[UUID, list[Subscription]] = defaultdict(list)
        for subscription in subscriptions:
            by_tenant[subscription.tenant_id].append(subscription)
        staying: list[Subscription] = []
        for tenant_id, group in by_tenant.items():
            roles = await self._roles(tenant_id, {item.ctx.session_id for item in group if item.ctx.session_id})
            staying += [item for item in group if roles.get(item.ctx.session_id) == item.ctx.role]
        return staying

    async def _roles(self, tenant_id: UUID, ids: set[UUID]) -> dict[UUID | None, str | None]:
        async with self._db.unit_of_work(tenant_id, "gateway") as uow:
            rows = await uow.session.execute(STILL_IN, {"tenant_id": tenant_id, "ids": list(ids)})
            return {row.id: row.role for row in rows}
