"""A run whose tenant's data was erased ends and says so, wherever it stands; nothing is tried for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from core.keys import care
from core.keys.errors import ERASED
from core.runs.card import GENERAL_OUTCOMES
from core.runs.erasure import end_workflows
from core.runs.sweep import Sweeper
from tests.support.waiting import eventually
from tests.workflows.kit.sample import CONTRACTS, LINE
from tests.workflows.kit.stage import Script, open_stage, without_worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    from temporalio.client import Client

    from core.keys.ring import KeyRing
    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from tests.workflows.kit.stage import Stage


# A worker that has the run in memory fails it by itself, as soon as there is something that it cannot open.
ENDED = {WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.FAILED}


@pytest.fixture
async def doomed(settings: Settings, temporal_client: Client) -> AsyncIterator[Stage]:
    """The stage of a tenant of which nothing will be left."""
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with open_stage(settings, temporal_client, ctx) as opened:
        yield opened


async def erase(stage: Stage, ring: KeyRing) -> None:
    """Destroy the tenant's keys, and have this process know it as it would within milliseconds."""
    await care.shred_tenant(stage.db, ring, stage.ctx.tenant_id)


async def sweep(stage: Stage, owner: asyncpg.Connection, run: LaunchedRun) -> None:
    await owner.execute("update platform.runs set changed_at = now() - interval '1 minute' where id = $1", run.id)
    sweeper = Sweeper(stage.db, stage.client, stage.facts, CONTRACTS, stage.ring)
    await sweeper.start_unstarted()
    await sweeper.reconcile()


async def is_ended(stage: Stage, run: LaunchedRun) -> bool:
    """Look across all tenants, as the sweep does, and whether the workflow still runs."""
    await end_workflows(stage.db, stage.client)
    return (await stage.handle(run).describe()).status in ENDED


async def is_told(stage: Stage, run: LaunchedRun) -> bool:
    card = await stage.card(run)
    return (card.state, card.outcome) == ("failed", GENERAL_OUTCOMES[ERASED].message)


async def test_a_run_between_two_steps_is_ended_for_good(
    doomed: Stage, ring: KeyRing, owner_connection: asyncpg.Connection
) -> None:
    begun, go_on, script = asyncio.Event(), asyncio.Event(), Script()

    async def hold() -> None:
        begun.set()
        await go_on.wait()

    script.acts["second"] = hold
    run = await doomed.launch(LINE, "between", script)
    await asyncio.wait_for(begun.wait(), 20)
    await erase(doomed, ring)
    go_on.set()
    await eventually(lambda: is_ended(doomed, run))
    assert "third" not in script.calls

    async def is_swept_and_told() -> bool:  # a last report of the worker may come between the two
        await sweep(doomed, owner_connection, run)
        return await is_told(doomed, run)

    await eventually(is_swept_and_told, seconds=60)  # a sweep also looks at what other tests left


async def test_a_parked_run_does_not_wait_for_anybody_any_more(
    doomed: Stage, ring: KeyRing, owner_connection: asyncpg.Connection
) -> None:
    script = Script()
    script.fails("second")
    run = await doomed.launch(LINE, "parked", script)
    await doomed.until(run, "needs_you")
    await erase(doomed, ring)
    await sweep(doomed, owner_connection, run)
    assert await is_told(doomed, run)
    assert await is_ended(doomed, run)


async def test_a_run_that_was_never_started_is_not_tried_at_every_sweep(
    settings: Settings, temporal_client: Client, ring: KeyRing, owner_connection: asyncpg.Connection
) -> None:
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with without_worker(settings, temporal_client, ctx) as stage:
        await erase(stage, ring)
        run = await stage.launch(LINE, "never")
        assert (await stage.card(run)).state == "launching"
        await sweep(stage, owner_connection, run)
        assert await is_told(stage, run)


async def test_a_worker_that_comes_upon_a_history_that_it_cannot_read_fails_it(
    settings: Settings, temporal_client: Client, ring: KeyRing
) -> None:
    """The keys are gone before any worker has seen the run: not even its input opens."""
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with without_worker(settings, temporal_client, ctx) as stage:
        run = await stage.launch(LINE, "unread")
        await erase(stage, ring)
    async with open_stage(settings, temporal_client, ctx) as stage:
        with pytest.raises(WorkflowFailureError) as failed:
            await asyncio.wait_for(stage.handle(run).result(), 20)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == ERASED
