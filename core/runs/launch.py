"""Launching a run: its row is written with the change that asks for it, its workflow starts after the commit."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import text

from core.db.unit_of_work import PendingStart
from core.ids import derived_id
from core.runs.contract import workflow_id
from core.runs.groups import join
from core.runs.line import LIMIT, TAKEN, TRY_LOCK, WAITING, line_of, lock_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import UnitOfWork
    from core.messages import Scalar
    from core.runs.contract import Contract, InputT, ResultT
    from core.runs.groups import Act

# Where somebody else is changing the line, this run goes into it; who waits for nobody is let in after the commit. So
# no transaction is kept waiting for another one's end.
INSERT_RUN = text(f"""
    with turn as (
        select cast(:is_alone as boolean) and {WAITING} = 0 and {TAKEN} < {LIMIT} as is_mine, {WAITING} + 1 as place)
    insert into platform.runs (tenant_id, id, contract, workflow_id, line, state, place, title_params, input, actor_id,
        actor_name, subject_kind, subject_id, result_path, size_class, group_id,
        expected_ms)
    select cast(:tenant_id as uuid), cast(:id as uuid), :contract, :workflow_id, :line,
        case when is_mine then 'launching' else 'queued' end, case when is_mine then null else place end,
        cast(:title_params as jsonb), cast(:input as jsonb),
        cast(:actor_id as uuid), :actor_name, :subject_kind, :subject_id, :result_path, cast(:size_class as integer),
        cast(:group_id as uuid),
        coalesce((
            select jsonb_object_agg(d.step, (
                select round(percentile_cont(0.5) within group (order by sample)) from unnest(d.samples) as sample))
            from platform.step_durations d where d.contract = :contract and d.size_class = :size_class), '{{}}')
    from turn
    on conflict (tenant_id, id) do nothing
    returning state
""")  # noqa: S608  # made of the constants of the line
STATE = text("select state from platform.runs where tenant_id = :tenant_id and id = :id")


@dataclass(frozen=True, slots=True)
class LaunchedRun:
    """The run that was asked for; asking again with the same key gives the same one."""

    id: UUID
    workflow_id: str
    path: str
    group_id: UUID | None = None


async def launch(  # keyword-only, and each is a fact of the run row
    uow: UnitOfWork,
    contract: Contract[InputT, ResultT],
    run_input: InputT,
    *,
    key: str,
    subject: tuple[str, str],
    title_params: Mapping[str, Scalar] | None = None,
    result_path: str | None = None,
    size: int = 0,
    actor_name: str | None = None,
    act: Act | None = None,
) -> LaunchedRun:
    """Ask for a run of ``contract`` in the transaction of ``uow``. It begins after the commit, or when its turn comes.

    ``key`` makes it unique: the same tenant, contract and key is the same run, launched once. ``subject`` names what
    it works on (kind, id). ``size`` in bytes (or items) groups past durations for the time left.
    What is launched with the same ``act`` is told together.
    """
    run_id = derived_id(uow.tenant_id, f"{contract.name}/{key}")
    name = workflow_id(uow.tenant_id, contract.name, run_id)
    line = line_of(uow.tenant_id, contract.feature, run_input.actor_id)
    await uow.session.flush()
    group_id = await join(uow, contract, run_input.actor_id, act) if act else None
    is_alone = (await uow.session.execute(TRY_LOCK, lock_of(uow.tenant_id, line))).scalar_one()
    inserted = await uow.session.execute(
        INSERT_RUN,
        {
            "tenant_id": uow.tenant_id,
            "id": run_id,
            "line": line,
            "is_alone": is_alone,
            "at_work_of_one": uow.runs_at_work,
            "contract": contract.name,
            "workflow_id": name,
            "title_params": json.dumps(dict(title_params or {})),
            "input": TypeAdapter(contract.input).dump_json(run_input).decode(),
            "actor_id": run_input.actor_id,
            "actor_name": actor_name if actor_name is not None else uow.actor_name,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "result_path": result_path,
            "size_class": _size_class(size),
            "group_id": group_id,
        },
    )
    state = inserted.scalar_one_or_none()
    if state is None:  # it was asked for before
        state = (await uow.session.execute(STATE, {"tenant_id": uow.tenant_id, "id": run_id})).scalar_one_or_none()
    if state == "launching":
        uow.starts.append(PendingStart(uow.tenant_id, contract.name, name, run_input))
    elif state == "queued":
        uow.lines.add(line)
    return LaunchedRun(run_id, name, f"/runs/{run_id}", group_id)


def _size_class(size: int) -> int:
    """Return the power of four that the size falls under: 300 kB and 900 kB are alike, 300 kB and 30 MB are not."""
    return 0 if size <= 0 else math.ceil(math.log(size, 4))
