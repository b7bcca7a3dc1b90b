"""Reading runs: a run and its steps come as one JSON snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, text

from core.runs.permissions import MANAGE_ALL
from core.runs.snapshot import RunSnapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.context import Context
    from core.db import UnitOfWork

STEP_COLUMNS = "name, state, attempt, failure, started_at, ended_at"
RUN_COLUMNS = (
    "id, seq, contract, workflow_id, state, title_params, actor_id, actor_name, subject_kind, subject_id, result_path, "
    "group_id, outcome, place, expected_ms, past_return, parked_until, created_at, ended_at"
)
SNAPSHOT = (
    "jsonb_build_object("  # noqa: S608  # made of the constants above
    + ", ".join(f"'{column.strip()}', r.{column.strip()}" for column in RUN_COLUMNS.split(","))
    + f""", 'steps', coalesce((select jsonb_agg(to_jsonb(s) order by s.started_at, s.name)
        from (select {STEP_COLUMNS} from platform.run_steps
              where tenant_id = r.tenant_id and run_id = r.id) s), '[]'::jsonb))"""  # noqa: S608
)
NEWEST_FIRST = "order by r.created_at desc, r.id desc"
VISIBLE = "(r.actor_id = :actor_id or :sees_all)"

ONE = text(f"select {SNAPSHOT} from platform.runs r where r.id = :id and {VISIBLE}")  # noqa: S608
PAGE = text(
    f"select {SNAPSHOT} from platform.runs r where {VISIBLE} and r.state = any(:states) "  # noqa: S608
    f"{NEWEST_FIRST} limit :limit"
)
OF_SUBJECTS = text(
    f"select distinct on (r.subject_id) {SNAPSHOT} from platform.runs r "  # noqa: S608
    f"where {VISIBLE} and r.subject_kind = :kind and r.subject_id in :ids "
    "order by r.subject_id, r.created_at desc"
).bindparams(bindparam("ids", expanding=True))

OPEN_STATES = ("queued", "launching", "running", "waiting", "needs_you", "undoing", "stuck")
ALL_STATES = (*OPEN_STATES, "done", "cancelled", "undone", "failed")


FIRST_ID = UUID(int=0)
"""No id sorts before it."""


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a page of a list of runs begins: behind this one. What was launched together has one time, so its id tells.

    A time alone is the place behind all that began then or later.
    """

    created_at: datetime
    id: UUID = FIRST_ID


async def run_of(uow: UnitOfWork, ctx: Context, run_id: UUID) -> RunSnapshot | None:
    """Return a run that the person may see: their own, or any of the tenant for those who run it."""
    row = (await uow.session.execute(ONE, {"id": run_id, **viewer_of(ctx)})).scalar_one_or_none()
    return RunSnapshot.from_json(row) if row else None


async def runs_of(
    uow: UnitOfWork, ctx: Context, *, states: Sequence[str] = ALL_STATES, limit: int = 50
) -> list[RunSnapshot]:
    """Return the newest runs that the person may see, in the given states."""
    params = {"states": list(states), "limit": limit, **viewer_of(ctx)}
    return [RunSnapshot.from_json(row) for row in (await uow.session.execute(PAGE, params)).scalars()]


async def runs_of_subjects(uow: UnitOfWork, ctx: Context, kind: str, ids: Sequence[str]) -> dict[str, RunSnapshot]:
    """Return the newest visible run of each of the subjects, by subject id."""
    if not ids:
        return {}
    rows = await uow.session.execute(OF_SUBJECTS, {"kind": kind, "ids": list(ids), **viewer_of(ctx)})
    newest: dict[str, RunSnapshot] = {}
    for row in rows.scalars():
        snapshot = RunSnapshot.from_json(row)
        newest.setdefault(snapshot.subject_id, snapshot)
    return newest


def viewer_of(ctx: Context) -> dict[str, object]:
    """Return the parameters of ``VISIBLE``: whose runs the person may see."""
    return {"actor_id": ctx.actor_id, "sees_all": ctx.may(MANAGE_ALL)}
