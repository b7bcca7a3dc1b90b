"""Whoever started a run is told when it needs them, fails or ends after a while; once each, and nobody else is."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from temporalio import activity

from core.context import SYSTEM_ACTOR_ID
from core.errors import ConflictError
from core.messages import Message, messages_of
from core.notices import RUN_FINISHED, RUN_NEEDS_YOU, message_from_json
from core.runs.notices import LONG
from core.runs.recorder import apply_report
from core.runs.report import RunReport
from tests.workflows.kit.sample import CONTRACTS, FAN, LINE
from tests.workflows.kit.stage import Script

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.runs.launch import LaunchedRun
    from core.runs.report import RunState
    from tests.workflows.kit.stage import Stage

N_ = messages_of("sample")


class Told:
    """What people were told, as the table holds it."""

    def __init__(self, owner: asyncpg.Connection, stage: Stage) -> None:
        self._owner = owner
        self._tenant_id = stage.ctx.tenant_id

    async def rows(self, run: LaunchedRun) -> list[dict[str, Any]]:
        query = "select * from platform.notices where tenant_id = $1 and key like $2 order by id"
        return [dict(row) for row in await self._owner.fetch(query, self._tenant_id, f"run/{run.id}/%")]

    async def age(self, run: LaunchedRun, seconds: float) -> None:
        """Have a run have begun earlier."""
        query = "update platform.runs set created_at = now() - $2::interval where id = $1"
        await self._owner.execute(query, run.id, timedelta(seconds=seconds))


@pytest.fixture
def told(owner_connection: asyncpg.Connection, stage: Stage) -> Told:
    return Told(owner_connection, stage)


def words(row: dict[str, Any], column: str) -> Message:
    return message_from_json(json.loads(row[column]))


async def report(stage: Stage, run_id: UUID, state: RunState, outcome: str | None = None) -> None:
    """Have a workflow's report written, as worker and sweep do."""
    async with stage.db.unit_of_work(stage.ctx.tenant_id, "runs") as uow:
        await apply_report(uow, run_id, RunReport(stage.ctx.tenant_id, run_id, state, outcome=outcome), CONTRACTS)


async def test_a_run_that_was_watched_is_no_news(stage: Stage, told: Told) -> None:
    run = await stage.launch(LINE, "quick")
    await stage.result(run)
    assert await told.rows(run) == []


async def test_a_parked_step_tells_its_cause_once(stage: Stage, told: Told) -> None:
    script = Script()
    script.fails("second", ConflictError(N_("full"), code="shelf_full"))
    run = await stage.launch(LINE, "parked", script)
    await stage.until(run, "needs_you")
    (row,) = await told.rows(run)
    assert (row["kind"], row["tone"], row["href"]) == (RUN_NEEDS_YOU.name, "warning", run.path)
    assert row["user_id"] == stage.ctx.actor_id
    assert words(row, "message") == N_("Walking the line for {name}", name="parked")
    assert words(row, "detail") == N_("The shelf is full.")
    await report(stage, run.id, "needs_you")
    assert len(await told.rows(run)) == 1, "the same state told again is no news"

    script.mend("second")
    await stage.control.resume(run.workflow_id)
    await stage.result(run)


async def test_each_change_is_told_once(stage: Stage, told: Told) -> None:
    """By the row alone, without a worker: whoever reports, and however often."""
    run = await stage.launch(FAN, "told", Script(acts={"first": wait_long}))
    for state in ("needs_you", "needs_you", "running", "needs_you", "failed", "failed"):
        await report(stage, run.id, state)
    rows = await told.rows(run)
    assert [words(row, "detail").text for row in rows] == ["Needs you", "Needs you", "Not finished"]
    assert [row["tone"] for row in rows] == ["warning", "warning", "danger"]
    assert len({row["key"] for row in rows}) == 3
    await stage.handle(run).terminate()


@pytest.mark.parametrize(
    ("state", "outcome", "seconds", "kind", "href"),
    [
        ("done", "ready", 1, None, None),
        ("done", "ready", 60, RUN_FINISHED.name, "/samples/"),
        ("done", "late", 1, RUN_NEEDS_YOU.name, "/samples/"),
        ("cancelled", None, 1, None, None),
        ("cancelled", None, 60, RUN_FINISHED.name, "/runs/"),
        ("undone", None, 1, RUN_NEEDS_YOU.name, "/runs/"),
        ("failed", None, 1, RUN_NEEDS_YOU.name, "/runs/"),
    ],
)
async def test_what_is_news(
    *, stage: Stage, told: Told, state: RunState, outcome: str | None, seconds: int, kind: str | None, href: str | None
) -> None:
    assert timedelta(seconds=1) < LONG < timedelta(seconds=60)
    label = f"{state}-{outcome}-{seconds}"
    run = await stage.launch(FAN, label, Script(acts={"first": wait_long}))
    await told.age(run, seconds - 1)
    await report(stage, run.id, state, outcome)
    rows = await told.rows(run)
    assert [row["kind"] for row in rows] == ([kind] if kind else [])
    assert all(row["href"].startswith(href) for row in rows)
    await stage.handle(run).terminate()


async def test_nobody_is_told_of_what_nobody_started(
    stage: Stage, told: Told, owner_connection: asyncpg.Connection
) -> None:
    run = await stage.launch(FAN, "system", Script(acts={"first": wait_long}))
    await owner_connection.execute("update platform.runs set actor_id = $2 where id = $1", run.id, SYSTEM_ACTOR_ID)
    await report(stage, run.id, "failed")
    assert await told.rows(run) == []
    await stage.handle(run).terminate()


async def wait_long() -> None:
    """An activity that gets nowhere while a test reports in its place."""
    for _ in range(600):
        activity.heartbeat()
        await asyncio.sleep(0.1)
