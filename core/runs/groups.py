"""Runs that were asked for together: how they stand as one, always counted from their rows.

A group is what one act of one person asked for: the files that were dropped at once. Its id follows from the tenant,
the person, the contract and a key that the page made up for the act, so nobody can put a run into another one's group.
Its row says how many runs the act announced, so that it is not over while some are still on their way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.ids import derived_id
from core.messages import Message
from core.runs.queries import VISIBLE, viewer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from core.context import Context
    from core.db import UnitOfWork
    from core.runs.contract import AnyContract

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
MOST = 10_000
"""How many runs one act may announce."""

LOOKED_AT = 1_000
"""How many of the newest open, or ended, runs are put together for a page."""

TALLY = """count(*) as how_many,
    count(*) filter (where r.state = 'done' and r.contract || '/' || r.outcome = any(:good)) as done,
    count(*) filter (where r.state in ('needs_you', 'stuck')) as needing,
    count(*) filter (where r.state = 'done' and r.contract || '/' || r.outcome = any(:apart)) as apart,
    count(*) filter (where r.state in ('failed', 'undone') or r.state = 'done'
        and coalesce(r.contract || '/' || r.outcome <> all(cast(:good as text[]) || cast(:apart as text[])), true))
        as refused,
    count(*) filter (where r.state = 'cancelled') as cancelled,
    count(*) filter (where r.state in ('queued', 'launching')) as waiting"""
"""How the runs ``r`` stand. ``:good`` and ``:apart`` are the ends that are good ones, see :func:`good_ends`."""

JOIN = text("""
    insert into platform.run_groups (tenant_id, id, contract, actor_id, size)
    values (:tenant_id, :id, :contract, :actor_id, :size) on conflict do nothing
""")
# Taken by a statement of its own: the next one then counts what others have written while this one waited.
LOCK = text("select id from platform.run_groups where id = :id for no key update")
GROUPS = f"""
    select g.id, g.contract, g.actor_id, g.size, g.dismissed_at, {TALLY}, min(r.id::text) as run_id,
        min(r.created_at) as began_at, max(r.ended_at) as ended_at,
        max(r.created_at) > now() - interval '2 minutes' as is_fresh
    from platform.run_groups g join platform.runs r on r.tenant_id = g.tenant_id and r.group_id = g.id
    where {{which}} group by g.tenant_id, g.id order by min(r.created_at) desc
"""  # noqa: S608  # made of the constants above
ONE = text(GROUPS.format(which="g.id = :id"))
THESE = text(GROUPS.format(which=f"g.id = any(:ids) and {VISIBLE}"))
LATELY_OF = text(
    GROUPS.format(
        which="""g.id in (
        select id from platform.run_groups
        where actor_id = :actor_id and (cast(:contract as text) is null or contract = :contract)
            and dismissed_at is null and created_at > now() - interval '7 days'
        order by created_at desc limit :limit)"""
    )
)
CLOSE = text("""
    update platform.run_groups g
    set size = (select count(*) from platform.runs r where r.tenant_id = g.tenant_id and r.group_id = g.id)
    where g.id = :id and g.actor_id = :actor_id returning g.id
""")
DISMISS = text("""
    update platform.run_groups set dismissed_at = coalesce(dismissed_at, now())
    where id = :id and actor_id = :actor_id returning id
""")


@dataclass(frozen=True, slots=True)
class Act:
    """What one act of a person asks for: the page's ``key`` for it, and how many runs it is to bring, if that is known.

    Raises ValueError for what no page of ours sends.
    """

    key: str
    size: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be one."""
        if not KEY.fullmatch(self.key) or not 0 <= self.size <= MOST:
            raise ValueError(f"not an act: {self.key!r}, {self.size}")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of several runs stand where.

    ``apart`` are those that ended well with something to know, ``refused`` those that ended without what was wanted.
    """

    count: int
    done: int
    needing: int
    refused: int
    cancelled: int
    waiting: int
    apart: int

    @property
    def well(self) -> int:
        """How many ended well."""
        return self.done + self.apart

    @property
    def working(self) -> int:
        """How many are in work."""
        ended = self.done + self.apart + self.refused + self.cancelled
        return self.count - ended - self.needing - self.waiting

    @property
    def open(self) -> int:
        """How many have not ended."""
        return self.working + self.waiting + self.needing

    @classmethod
    def of(cls, row: Any) -> Tally:  # noqa: ANN401  # a row of ``TALLY``
        """Return what the database counted."""
        return cls(row.how_many, row.done, row.needing, row.refused, row.cancelled, row.waiting, row.apart)


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Several runs of one act as one. ``run_id`` is one of them."""

    id: UUID
    contract: str
    actor_id: UUID
    tally: Tally
    size: int
    is_fresh: bool
    is_dismissed: bool
    began_at: datetime
    ended_at: datetime | None
    run_id: str

    @property
    def is_arriving(self) -> bool:
        """Whether more are on their way: announced, and the last one came within two minutes."""
        return self.is_fresh and self.tally.count < self.size

    @property
    def total(self) -> int:
        """How many there are, with those on their way."""
        return max(self.tally.count, self.size) if self.is_arriving else self.tally.count

    @property
    def is_over(self) -> bool:
        """Whether all have ended, and no more will come."""
        return not self.tally.open and not self.is_arriving

    @property
    def is_alone(self) -> bool:
        """Whether it is one run, which is shown as such."""
        return self.total == 1


def good_ends(contracts: Mapping[str, AnyContract]) -> dict[str, list[str]]:
    """Return the outcomes that are good ones, those that are told apart by themselves: ``<contract>/<outcome>``."""
    ends = [
        (f"{name}/{outcome}", told.told_apart)
        for name, contract in contracts.items()
        for outcome, told in contract.outcomes.items()
        if told.is_good
    ]
    return {"good": [end for end, apart in ends if not apart], "apart": [end for end, apart in ends if apart]}


def counted(message: Message, count: int) -> Message:
    """Return a message that counts, with its number."""
    return Message(message.domain, message.text, {**message.params, "count": count}, message.plural)


async def join(uow: UnitOfWork, contract: AnyContract, actor_id: UUID, act: Act) -> UUID:
    """Return the id of the group of an act, which is made when its first run is launched."""
    group_id = derived_id(uow.tenant_id, f"group/{actor_id}/{contract.name}/{act.key}")
    given = {"tenant_id": uow.tenant_id, "id": group_id, "contract": contract.name, "actor_id": actor_id}
    await uow.session.execute(JOIN, {**given, "size": act.size})
    return group_id


async def hold(uow: UnitOfWork, group_id: UUID, contracts: Mapping[str, AnyContract]) -> RunGroup | None:
    """Return how a group stands, and keep everybody else who asks so waiting until the end of the transaction."""
    await uow.session.execute(LOCK, {"id": group_id})
    row = (await uow.session.execute(ONE, {"id": group_id, **good_ends(contracts)})).one_or_none()
    return _group(row) if row else None


async def groups_by_id(
    uow: UnitOfWork, ctx: Context, contracts: Mapping[str, AnyContract], ids: Iterable[UUID]
) -> dict[UUID, RunGroup]:
    """Return those of the groups that the person may see."""
    given = {"ids": list(ids), **good_ends(contracts), **viewer_of(ctx)}
    return {row.id: _group(row) for row in await uow.session.execute(THESE, given)}


async def groups_lately(
    uow: UnitOfWork,
    actor_id: UUID,
    contracts: Mapping[str, AnyContract],
    *,
    contract: str | None = None,
    limit: int = 20,
) -> Sequence[RunGroup]:
    """Return the person's own groups of the last days, newest first, without those that they dismissed."""
    given = {"actor_id": actor_id, "contract": contract, **good_ends(contracts), "limit": limit}
    return [_group(row) for row in await uow.session.execute(LATELY_OF, given)]


async def close(uow: UnitOfWork, group_id: UUID, actor_id: UUID | None) -> bool:
    """Note that no more will come to a group of one's own; False where there is none."""
    return (await uow.session.execute(CLOSE, {"id": group_id, "actor_id": actor_id})).first() is not None


async def dismiss(uow: UnitOfWork, group_id: UUID, actor_id: UUID | None) -> bool:
    """Note that the person has seen how their group ended; False where there is none."""
    return (await uow.session.execute(DISMISS, {"id": group_id, "actor_id": actor_id})).first() is not None


def _group(row: Any) -> RunGroup:  # noqa: ANN401  # a row of ``GROUPS``
    return RunGroup(
        id=row.id,
        contract=row.contract,
        actor_id=row.actor_id,
        tally=Tally.of(row),
        size=row.size,
        is_fresh=row.is_fresh,
        is_dismissed=row.dismissed_at is not None,
        began_at=row.began_at,
        ended_at=row.ended_at,
        run_id=row.run_id,
    )
