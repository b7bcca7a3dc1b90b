"""A run whose workflow is lost comes to its end all the same: launched again, or unwound if it was being undone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.service import RPCError, RPCStatusCode

from core.runs.lost import MOST_LAUNCHES
from core.runs.settling import Settling, Unsettled
from core.runs.sweep import Sweeper
from tests.workflows.kit.sample import CONTRACTS, FAN, LINE, PATIENT
from tests.workflows.kit.stage import SOON, Script, Stage

if TYPE_CHECKING:
    import asyncpg

    from core.runs.launch import LaunchedRun

AGE_RUN = "update platform.runs set changed_at = now() - interval '10 minutes' where id = $1"
AGE_STATE = (
    "update platform.runs set state = $2, changed_at = now() - interval '10 minutes', ended_at = null where id = $1"
)


async def forget(stage: Stage, run: LaunchedRun) -> None:
    """Have Temporal know nothing of a run, as after the loss of its database."""
    await stage.client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=stage.client.namespace, workflow_execution=WorkflowExecution(workflow_id=run.workflow_id)
        )
    )
    async with asyncio.timeout(SOON):
        while True:
            try:
                await stage.handle(run).describe()
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return
                raise
            await asyncio.sleep(0.02)


async def terminate(stage: Stage, run: LaunchedRun) -> None:
    await stage.handle(run).terminate("by an operator")


def sweeper_of(stage: Stage, settling: Settling | None = None) -> Sweeper:
    return Sweeper(stage.db, stage.client, stage.facts, CONTRACTS, stage.ring, settling=settling)


async def sweep(stage: Stage, owner: asyncpg.Connection, run: LaunchedRun, settling: Settling | None = None) -> None:
    await owner.execute(AGE_RUN, run.id)
    await sweeper_of(stage, settling).reconcile()


async def kept(owner: asyncpg.Connection, run: LaunchedRun) -> asyncpg.Record:
    return await owner.fetchrow("select input, launches, state from platform.runs where id = $1", run.id)


@pytest.mark.parametrize("lose", [terminate, forget])
async def test_it_is_launched_again_from_its_input(
    stage: Stage, owner_connection: asyncpg.Connection, lose: Any
) -> None:
    script = Script()
    run = await stage.launch(PATIENT, f"lost {lose.__name__}", script)
    await stage.until(run, "waiting")
    await lose(stage, run)

    await sweep(stage, owner_connection, run)

    await stage.until(run, "waiting")
    await stage.handle(run).signal("answer")
    await stage.until(run, "done")
    assert script.calls == ["first", "first", "second"]
    assert (await kept(owner_connection, run))["input"] is None
    numbers = await stage.numbers(run)
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("lose", [terminate, forget])
async def test_one_that_was_being_undone_is_unwound(
    stage: Stage, owner_connection: asyncpg.Connection, lose: Any
) -> None:
    script, held = Script(), asyncio.Event()
    script.acts["undo_left"] = held.wait
    script.fails("second")
    run = await stage.launch(FAN, f"unwound {lose.__name__}", script)
    await stage.until(run, "needs_you")
    await stage.control.cancel(run.workflow_id)
    await stage.when(run, lambda found: any(step.state == "undone" for step in found.steps))
    await lose(stage, run)
    script.mend("undo_left")
    held.set()
    before = len(script.calls)

    await sweep(stage, owner_connection, run)

    await stage.until(run, "cancelled")
    undone = [name for name in script.calls[before:] if name.startswith("undo_")]
    assert undone[-5:] == ["undo_second", "undo_right", "undo_middle", "undo_left", "undo_first"]
    assert [name for name in script.calls[before:] if not name.startswith("undo_")] == []
    card = await stage.card(run)
    assert {step.state for step in card.steps} == {"undone"}


async def test_two_who_find_it_launch_it_once(stage: Stage, owner_connection: asyncpg.Connection) -> None:
    script = Script()
    run = await stage.launch(PATIENT, "found twice", script)
    await stage.until(run, "waiting")
    await terminate(stage, run)
    await owner_connection.execute(AGE_RUN, run.id)
    await asyncio.gather(*(sweeper_of(stage).reconcile() for _ in range(3)))
    await stage.until(run, "waiting")
    assert (await kept(owner_connection, run))["launches"] == 2
    await stage.handle(run).signal("answer")
    await stage.until(run, "done")
    assert script.calls == ["first", "first", "second"]


async def test_what_is_lost_again_and_again_is_left_to_engineers_with_its_input(
    stage: Stage, owner_connection: asyncpg.Connection
) -> None:
    run = await stage.launch(PATIENT, "lost for ever")
    for _ in range(MOST_LAUNCHES):
        await stage.until(run, "waiting")
        await terminate(stage, run)
        await sweep(stage, owner_connection, run)
    await stage.until(run, "stuck")
    numbered = (await stage.snapshot(run)).seq
    await sweep(stage, owner_connection, run)
    assert (await stage.snapshot(run)).seq == numbered
    row = await kept(owner_connection, run)
    assert (row["launches"], row["input"] is None) == (MOST_LAUNCHES, False)


async def test_a_run_that_ended_well_over_rows_that_know_nothing_of_it_is_launched_again(
    stage: Stage, owner_connection: asyncpg.Connection
) -> None:
    """Older rows beside a newer history, as after a restore."""
    script = Script()
    run = await stage.launch(LINE, "older rows", script)
    input_then = (await kept(owner_connection, run))["input"]
    await stage.result(run)
    await owner_connection.execute(AGE_STATE, run.id, "running")
    await owner_connection.execute("update platform.runs set input = $2 where id = $1", run.id, input_then)
    unsettled = Unsettled(
        "files", (LINE.name,), text("select 'older rows' as subject_id, now() as since where :subject <> ''")
    )

    await sweeper_of(stage, Settling(stage.db, (unsettled,))).reconcile()

    await stage.until(run, "done")
    assert script.calls == 2 * ["first", "second", "look", "third", "ship", "tell"]


async def test_one_that_had_only_its_end_to_tell_is_done(stage: Stage, owner_connection: asyncpg.Connection) -> None:
    script, held = Script(), asyncio.Event()
    script.acts["tell"] = held.wait
    run = await stage.launch(LINE, "all but done", script)
    await stage.when(run, lambda found: any(step.name == "ship" and step.state == "done" for step in found.steps))
    await terminate(stage, run)
    held.set()
    await sweep(stage, owner_connection, run)
    await stage.until(run, "done")
    assert script.calls.count("ship") == 1
