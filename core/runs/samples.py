"""Rows of runs behind which no workflow stands: demo data, to look at pages with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.db import UnitOfWork

NO_SAMPLE = "changed_at < now() + interval '50 years'"
"""What is true of a run behind which a workflow stands: operators are told of no other."""

# No sweep may look for what stands behind them: all of them changed in a hundred years.
INSERT_RUNS = text("""
    insert into platform.runs (tenant_id, id, contract, workflow_id, line, state, place, seq, title_params, actor_id,
        actor_name, subject_kind, subject_id, result_path, outcome, expected_ms, parked_until, created_at, ended_at,
        changed_at, moved_at)
    select :tenant_id, r.id, r.contract, r.workflow_id, :line, r.state, r.place, 1, r.title_params, r.actor_id,
        r.actor_name, r.subject_kind, r.subject_id, r.result_path, r.outcome, r.expected_ms, r.parked_until,
        r.created_at, r.ended_at, now() + interval '100 years', now() + interval '100 years'
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(id uuid, contract text, workflow_id text, state text,
        place integer, title_params jsonb, actor_id uuid, actor_name text, subject_kind text, subject_id text,
        result_path text, outcome text, expected_ms jsonb, parked_until timestamptz, created_at timestamptz,
        ended_at timestamptz)
""")
INSERT_STEPS = text("""
    insert into platform.run_steps (tenant_id, run_id, name, state, attempt, failure, started_at, ended_at)
    select :tenant_id, s.run_id, s.name, s.state, s.attempt, s.failure, s.started_at, s.ended_at
    from jsonb_to_recordset(cast(:rows as jsonb)) as s(run_id uuid, name text, state text, attempt integer,
        failure text, started_at timestamptz, ended_at timestamptz)
""")


async def write_samples(
    uow: UnitOfWork, line: str, runs: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]]
) -> None:
    """Write runs, given as JSON, with their steps. They stay as they are: nothing continues, mends or ends them.

    Those that wait in ``line`` go on waiting as long as those that are at work there fill it.
    """
    await uow.session.execute(INSERT_RUNS, {"tenant_id": uow.tenant_id, "line": line, "rows": json.dumps(runs)})
    await uow.session.execute(INSERT_STEPS, {"tenant_id": uow.tenant_id, "rows": json.dumps(steps)})
