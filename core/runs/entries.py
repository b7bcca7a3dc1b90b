"""Runs as people think of them: what was asked for together is one entry, whatever else stands for itself.

Lists of days gone by are put together by kind and hour instead, see :mod:`core.runs.hours`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import text

from core.runs.groups import RunGroup, good_ends, groups_by_id
from core.runs.queries import SNAPSHOT, VISIBLE, viewer_of
from core.runs.snapshot import RunSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from core.context import Context
    from core.db import UnitOfWork
    from core.runs.contract import AnyContract

LOOKED_AT = 1_000
"""How many of the newest runs in the wanted states are put together."""

NEWEST = text(f"""
    with newest as (
        select r.id, r.group_id, r.created_at from platform.runs r
        where {VISIBLE} and r.state = any(:states) order by r.created_at desc limit {LOOKED_AT})
    select group_id, case when group_id is null then id end as run_id
    from newest group by 1, 2 order by max(created_at) desc limit :limit
""")  # noqa: S608  # made of constants
THESE = text(f"select {SNAPSHOT} from platform.runs r where {VISIBLE} and r.id = any(:ids)")  # noqa: S608
# What needs somebody first, then what was refused, what is in work, and what waits for its turn.
UNFINISHED = text(f"""
    select {SNAPSHOT} from platform.runs r
    where {VISIBLE} and r.group_id = :group_id and r.state <> 'cancelled'
        and not (r.state = 'done' and coalesce(r.contract || '/' || r.outcome = any(:good), false))
    order by case when r.state in ('needs_you', 'stuck') then 1 when r.ended_at is not null then 2
        when r.state in ('queued', 'launching') then 4 else 3 end, r.created_at, r.id
    limit :limit
""")  # noqa: S608

Entry: TypeAlias = RunSnapshot | RunGroup


async def entries_of(
    uow: UnitOfWork, ctx: Context, contracts: Mapping[str, AnyContract], *, states: Sequence[str], limit: int
) -> list[Entry]:
    """Return what the person may see of the newest runs in these states, newest first: a group counts as one."""
    given = {"states": list(states), "limit": limit, **viewer_of(ctx)}
    found = (await uow.session.execute(NEWEST, given)).all()
    groups = await groups_by_id(uow, ctx, contracts, [row.group_id for row in found if row.group_id])
    alone = {id_: group for id_, group in groups.items() if group.is_alone}
    runs = await _runs_by_id(
        uow, ctx, [*(str(row.run_id) for row in found if row.run_id), *(group.run_id for group in alone.values())]
    )
    entries: list[Entry | None] = [
        groups[row.group_id]
        if row.group_id in groups and row.group_id not in alone
        else runs.get(alone[row.group_id].run_id if row.group_id in alone else str(row.run_id))
        for row in found
    ]
    return [entry for entry in entries if entry is not None]


async def unfinished_of(
    uow: UnitOfWork, ctx: Context, contracts: Mapping[str, AnyContract], group_id: UUID, *, limit: int
) -> list[RunSnapshot]:
    """Return those runs of a group, as the person may see it, that have not ended well: what needs somebody first."""
    given = {"group_id": group_id, "good": good_ends(contracts)["good"], "limit": limit, **viewer_of(ctx)}
    return [RunSnapshot.from_json(row) for row in (await uow.session.execute(UNFINISHED, given)).scalars()]


async def _runs_by_id(uow: UnitOfWork, ctx: Context, ids: Iterable[str]) -> dict[str, RunSnapshot]:
    if not (wanted := list(ids)):
        return {}
    rows = (await uow.session.execute(THESE, {"ids": wanted, **viewer_of(ctx)})).scalars()
    return {row["id"]: RunSnapshot.from_json(row) for row in rows}
