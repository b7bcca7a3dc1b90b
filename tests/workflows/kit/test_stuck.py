"""A run that no worker can follow any more says so: on its card, to whoever presses its buttons, and to engineers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner

from core.context import Context, Person, TenantFacts
from core.errors import ConflictError
from core.ids import new_id
from core.runs.card import STUCK
from core.runs.stuck import failing_since
from core.runs.sweep import Sweeper
from core.telemetry import REGISTRY
from tests.replay.test_replay import with_a_pause
from tests.workflows.kit.sample import CONTRACTS, PATIENT, Patient, SampleInput
from tests.workflows.kit.stage import SOON, Script, Stage, without_worker, worker_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    from temporalio.client import Client

    from core.runs.launch import LaunchedRun
    from core.settings import Settings

AGE_RUN = "update platform.runs set changed_at = now() - interval '10 minutes' where id = $1"
NOTICES = "select message ->> 'text', detail ->> 'text', tone from platform.notices where user_id = $1"


@pytest.fixture
async def stage(settings: Settings, temporal_client: Client) -> AsyncIterator[Stage]:
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with without_worker(settings, temporal_client, ctx, starts=False) as opened:
        yield opened


async def start(stage: Stage, label: str) -> LaunchedRun:
    """Launch a run whose tasks, when a worker drops them, are given to the next one after a second instead of ten."""
    run = await stage.launch(PATIENT, label, Script())
    run_input = SampleInput(stage.ctx.tenant_id, stage.ctx.actor_id or new_id(), label)
    await stage.client.start_workflow(
        PATIENT.name, run_input, id=run.workflow_id, task_queue="sample", task_timeout=timedelta(seconds=1)
    )
    await stage.until(run, "waiting")
    return run


@asynccontextmanager
async def careless_worker(stage: Stage) -> AsyncIterator[None]:
    """A worker of a version that cannot follow what the version before it began."""
    changed = [with_a_pause(Patient)]
    async with worker_of(
        stage.client, stage.recorder, stage.scripts, changed, workflow_runner=UnsandboxedWorkflowRunner()
    ):
        yield


async def until_failing(stage: Stage, run: LaunchedRun, *, fails: bool = True) -> None:
    async with asyncio.timeout(SOON):
        while bool(await failing_since(stage.client, run.workflow_id)) is not fails:  # noqa: ASYNC110  # Temporal tells nobody
            await asyncio.sleep(0.05)


async def sweep(stage: Stage, owner: asyncpg.Connection, run: LaunchedRun) -> None:
    await owner.execute(AGE_RUN, run.id)
    await Sweeper(stage.db, stage.client, stage.facts, CONTRACTS, stage.ring).reconcile()


def told_of_stuck() -> float:
    return REGISTRY.get_sample_value("adx_runs_total", {"contract": PATIENT.name, "state": "stuck"}) or 0


async def test_it_is_told_and_goes_on_when_it_is_mended(
    stage: Stage, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with worker_of(stage.client, stage.recorder, stage.scripts):
        run = await start(stage, "stuck")
    async with careless_worker(stage):
        await stage.control.signal(run.workflow_id, "answer")
        await until_failing(stage, run)

        await sweep(stage, owner_connection, run)
        assert (await stage.snapshot(run)).state == "waiting", "one failed task may be a worker that is being replaced"
        monkeypatch.setattr("core.runs.sweep.STUCK_AFTER", timedelta(0))
        before = told_of_stuck()
        await sweep(stage, owner_connection, run)
        await sweep(stage, owner_connection, run)

        card = await stage.card(run)
        assert card.state == "stuck"
        assert (card.can_cancel, card.can_continue, card.cannot_cancel_because) == (False, False, STUCK)
        assert {step.state for step in card.steps} == {"done", "parked", "planned"}
        assert told_of_stuck() == before + 1
        notices = await owner_connection.fetch(NOTICES, stage.ctx.actor_id)
        assert [tuple(row) for row in notices] == [("Waiting", "An engineer is needed", "danger")]
        for asked in (stage.control.cancel(run.workflow_id), stage.control.resume(run.workflow_id)):
            with pytest.raises(ConflictError) as refused:
                await asked
            assert refused.value.code == "run_stuck"

    async with worker_of(stage.client, stage.recorder, stage.scripts):
        await until_failing(stage, run, fails=False)
        await stage.until(run, "cancelled")


async def test_a_run_that_waits_for_its_worker_is_not_stuck(
    stage: Stage, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.sweep.STUCK_AFTER", timedelta(0))
    monkeypatch.setattr("core.runs.sweep.QUERY_TIMEOUT", timedelta(milliseconds=100))
    async with worker_of(stage.client, stage.recorder, stage.scripts):
        run = await start(stage, "away")
    await stage.control.signal(run.workflow_id, "answer")
    await sweep(stage, owner_connection, run)
    assert (await stage.snapshot(run)).state == "waiting"
    async with worker_of(stage.client, stage.recorder, stage.scripts):
        await stage.until(run, "done")
