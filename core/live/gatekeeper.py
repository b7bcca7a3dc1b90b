"""Whether those who look may still look: one query a tenant, however many pages are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.identity.sessions import GATEWAY, IDLE, TOUCH_EVERY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from core.db import Database
    from core.live.viewer import Subscription

# What holds here is what core.identity.sessions finds: neither too old nor idle.
STILL_IN = text("""
    select s.id, s.parent_id, s.seen_at < now() - cast(:touch_every as interval) as unseen,
        case when t.slug = 'home' then (case s.level when 'full' then 'member' else 'pending' end)
             else p.role end as role,
        md5(row(t.name, t.locale, t.theme, t.timezone, l.locale, l.theme, l.timezone, l.colour_scheme)::text) as look
    from platform.sessions s
    left join platform.preferences l on l.user_id = s.user_id
    join platform.tenants t on t.id = s.tenant_id and t.state = 'active'
    left join platform.people p on p.tenant_id = s.tenant_id and p.user_id = s.user_id and p.state = 'active'
    where s.tenant_id = :tenant_id and s.id = any(:ids)
        and s.expires_at > now() and s.seen_at > now() - cast(:idle as interval)
""")
# Several processes may hold streams of one session: who finds a row locked leaves it to the other.
SEEN = text("""
    update platform.sessions set seen_at = now() where id in (
        select id from platform.sessions where id = any(:ids) order by id for no key update skip locked
    )
""")


class SessionGatekeeper:
    """Lets a stream stay while its session is open and the person has the role that the stream was opened with.

    A session is in use while a page of it is open, so its streams keep it, and the one it was handed over from, from
    ending as idle; they do not keep it from ending by age. A stream whose person or tenant has since chosen another
    language, time zone or theme is let go as well: the browser comes back at once, and is then shown things as they
    are now.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, tenant_id: UUID, subscriptions: Sequence[Subscription]) -> Collection[Subscription]:
        """Return those of one tenant that may stay, and note that their sessions are in use."""
        found = await self._found(tenant_id, {item.ctx.session_id for item in subscriptions if item.ctx.session_id})
        staying = [item for item in subscriptions if _is_as_before(item, found.get(item.ctx.session_id))]
        unseen = {row for item in staying if (row := found[item.ctx.session_id]).unseen}
        if unseen:
            await self._see(tenant_id, {each for row in unseen for each in (row.id, row.parent_id) if each})
        return staying

    async def _found(self, tenant_id: UUID, ids: set[UUID]) -> dict[UUID | None, Any]:
        asked = {"tenant_id": tenant_id, "ids": list(ids), "idle": IDLE, "touch_every": TOUCH_EVERY}
        async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
            return {row.id: row for row in await uow.session.execute(STILL_IN, asked)}

    async def _see(self, tenant_id: UUID, ids: set[UUID]) -> None:
        async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
            await uow.session.execute(SEEN, {"ids": list(ids)})


def _is_as_before(subscription: Subscription, row: Any) -> bool:  # noqa: ANN401  # a row of STILL_IN
    if row is None:
        return False
    subscription.look = subscription.look or row.look
    return bool(row.role == subscription.ctx.role and row.look == subscription.look)
