"""What people try that their role does not let them: told in the audit trail, an entry an hour at most.

An entry for each try would let anybody who is signed in make a chain grow without end. So the first try of a person at
an address is told at once; further ones of the same hour are counted, and the next entry says how many there were.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from core.context import Context
    from core.db import UnitOfWork

COUNT = text("""
    insert into platform.throttle as t (key, window_start, hits) values (:key, date_trunc('hour', now()), 1)
    on conflict (key, window_start) do update set hits = t.hits + 1
    returning hits
""")
UNTOLD = text("""
    select hits - 1 from platform.throttle where key = :key and window_start < date_trunc('hour', now())
    order by window_start desc limit 1
""")
FORGET = text("delete from platform.throttle where window_start < now() - interval '2 days'")


async def note_denial(uow: UnitOfWork, ctx: Context, method: str, route: str, reason: str) -> None:
    """Tell that a guard has refused a request to a person, unless that was told within this hour."""
    params = {"key": _key(str(ctx.tenant_id), str(ctx.actor_id), method, route)}
    if await uow.session.scalar(COUNT, params) != 1:
        return
    untold = await uow.session.scalar(UNTOLD, params) or 0
    await uow.session.execute(FORGET)
    await uow.audit(
        "session.denied",
        f"route:{route}",
        outcome="refused",
        reason=reason,
        method=method,
        role=ctx.role,
        untold=untold,
    )


def _key(*what: str) -> str:
    digest = hashlib.sha256("\0".join(what).encode()).hexdigest()[:32]
    return f"adx:denied:{digest}"
