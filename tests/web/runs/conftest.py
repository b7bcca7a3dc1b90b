"""Runs as their workflows would have left them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.context import Role
    from core.runs.report import RunState, StepState
    from tests.support.tenant_fixtures import TestTenant

INSERT_RUN = """
    insert into platform.runs (tenant_id, id, contract, workflow_id, state, title_params, actor_id, actor_name,
        subject_kind, subject_id, expected_ms, past_return, created_at, ended_at, place, input, line)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 'file', $9, '{}', $10, $11, $12, $13, $14, 'files')
"""
INSERT_STEP = """
    insert into platform.run_steps (tenant_id, run_id, name, state, failure, started_at)
    values ($1, $2, $3, $4, $5, now())
"""


class Runs:
    """Puts runs into the database as their workflows would have left them."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, tenant: TestTenant, name: str, state: RunState = "running", **given: Any) -> UUID:
        run_id = new_id()
        role: Role = given.get("role", "member")
        contract = given.get("contract", "files.ingest")
        created_at = given.get("at", datetime.now(UTC) - timedelta(seconds=given.get("age", 0)))
        ended_at = created_at if state in {"done", "cancelled", "undone", "failed"} else None
        await self._connection.execute(
            INSERT_RUN,
            *(tenant.id, run_id, contract, f"{tenant.id}/{contract}/{run_id}", state, f'{{"name": "{name}"}}'),
            *(tenant.people[role].id, tenant.people[role].name, name, given.get("past_return", False)),
            *(created_at, ended_at, given.get("place"), given.get("input")),
        )
        for step, (step_state, failure) in given.get("steps", {}).items():
            await self._add_step(tenant, run_id, step, step_state, failure)
        return run_id

    async def card(self, visitor: Any, tenant: TestTenant, run_id: UUID) -> Any:
        """The card on the run's own page, as this visitor sees it."""
        answer = await visitor.get(tenant.url(f"/runs/{run_id}"))
        return answer.html.one("article", id=f"run-{run_id}")

    async def _add_step(
        self, tenant: TestTenant, run_id: UUID, name: str, state: StepState, failure: str | None
    ) -> None:
        await self._connection.execute(INSERT_STEP, tenant.id, run_id, name, state, failure)


@pytest.fixture
def runs(owner_connection: asyncpg.Connection) -> Runs:
    return Runs(owner_connection)
