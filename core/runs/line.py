"""The line: of each tenant only so many runs of a feature are at work at once; those after them wait for their turn.

Whoever brings a thousand things would otherwise have a thousand of them begun, none of them done, and everybody else
behind all thousand. A run that waits is a row in the state ``queued`` and nothing more; its workflow starts when one
before it ends. The order is that of asking.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from core.context import HOME_TENANT_ID
from core.live.fact import user_or_holders
from core.runs.dispatch import pending_start
from core.runs.permissions import MANAGE_ALL
from core.runs.queries import SNAPSHOT
from core.shares import Shares

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any
    from uuid import UUID

    from core.db import Database, UnitOfWork
    from core.runs.contract import AnyContract

log = structlog.get_logger()

# Who waits for somebody, or is parked, holds no place: they take no time from anybody. Nor does a run in the midst of a
# step of minutes, or one whose workflow is lost: they must not keep all others of their tenant waiting.
AT_WORK = """(
    state = 'launching' and moved_at > now() - interval '30 minutes'
    or state in ('running', 'undoing') and moved_at > now() - interval '30 seconds')"""

SECONDS_BETWEEN_TELLING = 1.0
MOVED_AT_ONCE = 4

LIMIT = (
    "coalesce((select value from platform.entitlements where tenant_id = :tenant_id and key = 'runs.at_work'), "
    "cast(:at_work_of_one as integer))"
)
"""How many of one line are at work at once: ``ADX_RUNS_AT_WORK``, unless the tenant's entitlement says otherwise."""
TAKEN = (
    "(select count(*) from platform.runs "  # noqa: S608  # made of the constants above
    f"where tenant_id = :tenant_id and line = :line and {AT_WORK})"
)
WAITING = "(select count(*) from platform.runs where tenant_id = :tenant_id and line = :line and state = 'queued')"

# Who changes how many are at work takes turns, or two would both take the last place.
TRY_LOCK = text("select pg_try_advisory_xact_lock(hashtextextended(:lock, 0))")
LOCK = text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))")
HOW_MANY_WAIT = text(f"select {WAITING}")  # a constant

ADMIT = text(f"""
    with next as (
        select id from platform.runs where tenant_id = :tenant_id and line = :line and state = 'queued'
        order by created_at, id limit greatest(0, {LIMIT} - {TAKEN}) for update skip locked)
    update platform.runs r set state = 'launching', place = null, seq = r.seq + 1, changed_at = now(), moved_at = now()
    from next where r.tenant_id = :tenant_id and r.id = next.id
    returning r.tenant_id, r.contract, r.workflow_id, r.actor_id, r.id, r.input, r.withdrawn, {SNAPSHOT} as snapshot
""")  # noqa: S608  # made of the constants above
# The first ten are told each move, those after them each tenth or hundredth: a place is never told too low, and at most
# a tenth too high, and a long line costs a move two dozen rows instead of a thousand.
TELL = text(f"""
    with line as (
        select id, row_number() over (order by created_at, id) as stands
        from platform.runs where tenant_id = :tenant_id and line = :line and state = 'queued')
    update platform.runs r set place = line.stands, seq = r.seq + 1
    from line where r.tenant_id = :tenant_id and r.id = line.id and r.state = 'queued' and (
        r.place is null or line.stands > r.place
        or r.place - line.stands >= case when line.stands <= 10 then 1 when line.stands <= 100 then 10 else 100 end)
    returning {SNAPSHOT}
""")  # noqa: S608  # made of the constants above
# The tenants take turns, so that one with many lines does not use up the limit.
LINES = text("""
    select tenant_id, line from platform.runs where state = 'queued' group by tenant_id, line
    order by row_number() over (partition by tenant_id order by min(created_at)), min(created_at) limit :limit
""")
WITHDRAW = text(f"""
    update platform.runs r set state = 'undoing', place = null, withdrawn = true, seq = r.seq + 1, changed_at = now()
    where r.tenant_id = :tenant_id and r.id = :id and r.state in ('queued', 'launching') and r.input is not null
    returning r.tenant_id, r.contract, r.workflow_id, r.actor_id, r.id, r.input, r.withdrawn, r.line,
        {SNAPSHOT} as snapshot
""")  # noqa: S608  # made of the constants above


def line_of(tenant_id: UUID, feature: str, actor_id: UUID) -> str:
    """Return the name of the line, within the tenant, that a run waits in.

    In the platform's own tenant everybody is a stranger to everybody: there each person has a line of their own.
    """
    return f"{feature}/{actor_id}" if tenant_id == HOME_TENANT_ID else feature


def lock_of(tenant_id: UUID, line: str) -> dict[str, str]:
    """Return the parameter of ``LOCK`` and ``TRY_LOCK``."""
    return {"lock": f"runs/{tenant_id}/{line}"}


async def withdraw(uow: UnitOfWork, run_id: UUID, contracts: Mapping[str, AnyContract]) -> bool:
    """Have a run end that has not begun, out of turn and now; False if it has begun, and nothing was changed.

    What the transaction that asked for it did is undone as for any other: its workflow is started to do just that.
    """
    row = (await uow.session.execute(WITHDRAW, {"tenant_id": uow.tenant_id, "id": run_id})).one_or_none()
    if row is None:
        return False
    uow.starts.append(pending_start(row, contracts))
    uow.lines.add(row.line)
    _publish(uow, row.snapshot)
    return True


@dataclass(frozen=True, slots=True)
class Moved:
    """How many of a line may begin now, and how many go on waiting."""

    admitted: int
    waiting: int


class Lines:
    """Lets the next runs of a line begin, after the commits that made room or came to wait, and tells places."""

    def __init__(self, db: Database, contracts: Mapping[str, AnyContract]) -> None:
        self._db = db
        self._contracts = contracts
        self._shares = Shares(MOVED_AT_ONCE)
        self._moving: dict[tuple[UUID, str], asyncio.Task[None]] = {}
        self._telling: dict[tuple[UUID, str], asyncio.Task[None]] = {}
        self._again: set[tuple[UUID, str]] = set()
        self._stopping = asyncio.Event()

    async def committed(self, uow: UnitOfWork) -> None:
        """Have the lines move that the transaction touched, without keeping its caller waiting."""
        for line in uow.lines:
            key = (uow.tenant_id, line)
            self._again.add(key)
            if key not in self._moving:
                self._moving[key] = asyncio.create_task(self._move(key), name="line-moving")

    async def drain(self) -> None:
        """Move what is to be moved, then stop. What places are told late the sweep tells."""
        self._stopping.set()
        while tasks := [*self._moving.values(), *self._telling.values()]:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def move(self, tenant_id: UUID, line: str) -> Moved:
        """Let as many begin as there is room for."""
        which = {"tenant_id": tenant_id, "line": line}
        async with self._shares.place(tenant_id), self._db.unit_of_work(tenant_id, "runs", durable=False) as uow:
            waiting = int((await uow.session.execute(HOW_MANY_WAIT, which)).scalar_one())
            if not waiting:
                return Moved(0, 0)
            await uow.session.execute(LOCK, lock_of(tenant_id, line))
            admitted = (await uow.session.execute(ADMIT, which | {"at_work_of_one": uow.runs_at_work})).all()
            for row in admitted:
                _publish(uow, row.snapshot)
                try:
                    uow.starts.append(pending_start(row, self._contracts))
                except Exception:  # noqa: BLE001  # it must not keep those after it waiting; the sweep says so again
                    await log.aerror("a run cannot be started", workflow=row.workflow_id, exc_info=True)
        return Moved(len(admitted), max(0, waiting - len(admitted)))

    async def move_all(self, limit: int) -> int:
        """Move up to ``limit`` lines that nobody has moved, and tell places; returns how many runs begin."""
        async with self._db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(LINES, {"limit": limit})).all()
        return sum(await asyncio.gather(*(self._move_and_tell(row.tenant_id, row.line) for row in rows)))

    async def tell(self, tenant_id: UUID, line: str) -> None:
        """Tell those who wait where they stand now."""
        which = {"tenant_id": tenant_id, "line": line}
        async with self._shares.place(tenant_id), self._db.unit_of_work(tenant_id, "runs", durable=False) as uow:
            await uow.session.execute(LOCK, lock_of(tenant_id, line))
            for snapshot in (await uow.session.execute(TELL, which)).scalars():
                _publish(uow, snapshot)

    async def _move_and_tell(self, tenant_id: UUID, line: str) -> int:
        try:
            moved = await self.move(tenant_id, line)
            await self.tell(tenant_id, line)
        except Exception:  # noqa: BLE001  # one line must not keep the others waiting
            await log.aerror("a line could not be moved; the next sweep tries again", line=line, exc_info=True)
            return 0
        return moved.admitted

    async def _move(self, key: tuple[UUID, str]) -> None:
        waiting = 0
        try:
            while key in self._again:
                self._again.discard(key)
                waiting = (await self.move(*key)).waiting
        except Exception:  # noqa: BLE001  # the sweep moves every line again
            await log.awarning("a line has not moved; the sweep will move it", line=key[1], exc_info=True)
        finally:
            self._again.discard(key)
            del self._moving[key]
        if waiting and key not in self._telling and not self._stopping.is_set():
            self._telling[key] = asyncio.create_task(self._tell(key), name="line-telling")

    async def _tell(self, key: tuple[UUID, str]) -> None:
        """Tell after a while of gathering, so that a line that moves ten times a second is told once."""
        try:
            async with asyncio.timeout(SECONDS_BETWEEN_TELLING):
                await self._stopping.wait()
        except TimeoutError:
            pass
        finally:
            del self._telling[key]
        try:
            await self.tell(*key)
        except Exception:  # noqa: BLE001  # the sweep tells again
            await log.awarning("places in a line were not told", line=key[1], exc_info=True)


def _publish(uow: UnitOfWork, snapshot: dict[str, Any]) -> None:
    uow.publish("run", snapshot["id"], audience=user_or_holders(snapshot["actor_id"], MANAGE_ALL), **snapshot)
