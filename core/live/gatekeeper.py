"""Whether those who look may still look: one query a tenant, however many pages are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from core.db import Database
    from core.live.viewer import Subscription

STILL_IN = text("""
    select s.id, case when t.slug = 'home' then (case s.level when 'full' then 'member' else 'pending' end)
                      else p.role end as role,
        md5(row(t.name, t.locale, t.theme, t.timezone, l.locale, l.theme, l.timezone, l.colour_scheme)::text) as look
    from platform.sessions s
    left join platform.preferences l on l.user_id = s.user_id
    join platform.tenants t on t.id = s.tenant_id and t.state = 'active'
    left join platform.people p on p.tenant_id = s.tenant_id and p.user_id = s.user_id and p.state = 'active'
    where s.tenant_id = :tenant_id and s.id = any(:ids) and s.expires_at > now()
""")


class SessionGatekeeper:
    """Lets a stream stay while its session is open and the person has the role that the stream was opened with.

    A stream whose person or tenant has since chosen another language, time zone or theme is let go as well: the browser
    comes back at once, and is then shown things as they are now.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, tenant_id: UUID, subscriptions: Sequence[Subscription]) -> Collection[Subscription]:
        """Return those of one tenant that may stay."""
        found = await self._found(tenant_id, {item.ctx.session_id for item in subscriptions if item.ctx.session_id})
        return [item for item in subscriptions if _is_as_before(item, *found.get(item.ctx.session_id, (None, "")))]

    async def _found(self, tenant_id: UUID, ids: set[UUID]) -> dict[UUID | None, tuple[str | None, str]]:
        async with self._db.unit_of_work(tenant_id, "gateway") as uow:
            rows = await uow.session.execute(STILL_IN, {"tenant_id": tenant_id, "ids": list(ids)})
            return {row.id: (row.role, row.look) for row in rows}


def _is_as_before(subscription: Subscription, role: str | None, look: str) -> bool:
    subscription.look = subscription.look or look
    return role == subscription.ctx.role and look == subscription.look
