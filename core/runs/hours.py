"""The runs of days gone by: those of one kind that began within one hour are one entry of the list.

Whole hours are read at once, the newest first; a page ends where an hour ends, so each run is on one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.runs.groups import TALLY, Tally, good_ends
from core.runs.queries import ALL_STATES, NEWEST_FIRST, SNAPSHOT, VISIBLE, RunPlace, viewer_of
from core.runs.snapshot import RunSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from core.context import Context
    from core.db import UnitOfWork
    from core.runs.contract import AnyContract

LOOKED_AT = 2_000
"""How many runs one page puts together at most; past it, an hour is told in two parts."""

ENTRIES = 25
"""How many entries a page has at least, where there are so many."""

SHOWN_OF_EACH = 10
"""How many of an entry's runs are named at once; the others have a page of their own."""

WANTED = f"""{VISIBLE} and r.state = any(:states)
    and (cast(:contract as text) is null or r.contract = :contract)
    and (cast(:group_id as uuid) is null or r.group_id = :group_id)
    and (cast(:since as timestamptz) is null or r.created_at >= :since)
    and (cast(:until as timestamptz) is null or r.created_at < :until)
    and (cast(:before as timestamptz) is null or (r.created_at, r.id) < (:before, cast(:before_id as uuid)))"""
WINDOW = f"""
    select r.*, date_trunc('hour', r.created_at, :timezone) as hour from platform.runs r
    where {WANTED} {NEWEST_FIRST} limit {LOOKED_AT}
"""  # noqa: S608  # made of the constants above
HOURS = text(f"""
    with r as ({WINDOW})
    select r.hour, r.contract, {TALLY}, min(r.created_at) as oldest,
        (array_agg(r.id order by r.created_at, r.id))[1] as oldest_id, sum(count(*)) over () as looked_at
    from r group by 1, 2 order by 1 desc, count(*) desc, 2
""")  # noqa: S608
# Those that wait for somebody first, then the newest.
LINES = text(f"""
    with looked_at as ({WINDOW}), numbered as (
        select w.tenant_id, w.id, w.hour, row_number() over (
            partition by w.hour, w.contract
            order by w.state in ('needs_you', 'stuck') desc, w.created_at desc, w.id desc) as place
        from looked_at w where (w.created_at, w.id) >= (:oldest, cast(:oldest_id as uuid)))
    select n.hour, {SNAPSHOT} as snapshot from numbered n
    join platform.runs r on r.tenant_id = n.tenant_id and r.id = n.id
    where n.place <= {SHOWN_OF_EACH} order by n.hour desc, n.place
""")  # noqa: S608
ONE_BY_ONE = text(f"""
    select {SNAPSHOT} from platform.runs r where {WANTED} {NEWEST_FIRST} limit :limit
""")  # noqa: S608
KINDS = text(f"""
    select distinct newest.contract from (
        select r.contract from platform.runs r where {VISIBLE} order by r.created_at desc limit {LOOKED_AT}) newest
""")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are asked for; of a time those from ``since`` to ``until``. ``before`` is where a page begins."""

    states: Sequence[str] = ALL_STATES
    contract: str | None = None
    group_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: RunPlace | None = None

    def params(self, ctx: Context) -> dict[str, Any]:
        """Return it as the parameters of a query."""
        return {
            "states": list(self.states),
            "contract": self.contract,
            "group_id": self.group_id,
            "since": self.since,
            "until": self.until,
            "before": self.before.created_at if self.before else None,
            "before_id": self.before.id if self.before else None,
            "timezone": ctx.timezone,
            **viewer_of(ctx),
        }


@dataclass(frozen=True, slots=True)
class HourOfRuns:
    """The runs of one kind that began within an hour, and the first of them."""

    hour: datetime
    contract: str
    tally: Tally
    runs: tuple[RunSnapshot, ...]


@dataclass(frozen=True, slots=True)
class HoursPage:
    """Entries, newest first; ``older`` is where the next page begins."""

    entries: tuple[HourOfRuns, ...]
    older: RunPlace | None


async def hours_of(uow: UnitOfWork, ctx: Context, contracts: Mapping[str, AnyContract], wanted: Wanted) -> HoursPage:
    """Return the runs that the person may see, by kind and hour."""
    given = {**wanted.params(ctx), **good_ends(contracts)}
    found = (await uow.session.execute(HOURS, given)).all()
    if not found:
        return HoursPage((), None)
    last = found[min(ENTRIES, len(found)) - 1].hour
    shown = [row for row in found if row.hour >= last]
    oldest = min((RunPlace(row.oldest, row.oldest_id) for row in shown), key=lambda place: (place.created_at, place.id))
    began = {"oldest": oldest.created_at, "oldest_id": oldest.id}
    lines = await uow.session.execute(LINES, {**wanted.params(ctx), **began})
    of: dict[tuple[datetime, str], list[RunSnapshot]] = {}
    for row in lines:
        of.setdefault((row.hour, row.snapshot["contract"]), []).append(RunSnapshot.from_json(row.snapshot))
    has_more = len(shown) < len(found) or found[0].looked_at >= LOOKED_AT
    return HoursPage(
        tuple(
            HourOfRuns(row.hour, row.contract, Tally.of(row), tuple(of.get((row.hour, row.contract), ())))
            for row in shown
        ),
        oldest if has_more else None,
    )


async def kinds_of(uow: UnitOfWork, ctx: Context) -> frozenset[str]:
    """Return the contracts of which there are runs among the newest that the person may see."""
    return frozenset((await uow.session.execute(KINDS, viewer_of(ctx))).scalars())


async def one_by_one(uow: UnitOfWork, ctx: Context, wanted: Wanted, *, limit: int) -> list[RunSnapshot]:
    """Return the newest of the runs that the person may see, each for itself."""
    rows = await uow.session.execute(ONE_BY_ONE, {**wanted.params(ctx), "limit": limit})
    return [RunSnapshot.from_json(row) for row in rows.scalars()]
