"""Cancel means undo: wherever it comes, what was done is reversed in order, and nothing is left between."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from temporalio.client import WorkflowFailureError

from core.errors import ConflictError
from core.messages import messages_of
from tests.replay.record import save_history
from tests.workflows.kit.sample import FAN, LINE, PATIENT, STUBBORN
from tests.workflows.kit.stage import Script, eventually

if TYPE_CHECKING:
    from core.runs.launch import LaunchedRun
    from tests.workflows.kit.stage import Act, Stage

N_ = messages_of("sample")

AFTER_WHICH = {
    "first": ["first", "undo_first"],
    "second": ["first", "second", "undo_second", "undo_first"],
    "look": ["first", "second", "look", "undo_second", "undo_first"],
    "third": ["first", "second", "look", "third", "undo_third", "undo_second", "undo_first"],
}


def cancelling(stage: Stage, run_of: dict[str, LaunchedRun], label: str) -> Act:
    async def cancel() -> None:
        await eventually(lambda: label in run_of)
        await stage.control.cancel(run_of[label].workflow_id)

    return cancel


async def ended_cancelled(stage: Stage, run: LaunchedRun) -> None:
    with pytest.raises(WorkflowFailureError):
        await stage.result(run)
    card = await stage.card(run)
    assert card.state == "cancelled"
    assert {step.state for step in card.steps} <= {"undone", "skipped"}
    numbers = await stage.numbers(run)
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("boundary", AFTER_WHICH)
async def test_cancel_after_a_step_undoes_in_reverse(stage: Stage, boundary: str) -> None:
    label, runs = f"after {boundary}", dict[str, "LaunchedRun"]()
    script = Script({boundary: cancelling(stage, runs, label)})
    runs[label] = await stage.launch(LINE, label, script)
    await ended_cancelled(stage, runs[label])
    assert script.calls == AFTER_WHICH[boundary]
    await save_history(stage.handle(runs[label]), LINE.name, "cancelled")


@pytest.mark.parametrize("middle", AFTER_WHICH)
async def test_cancel_in_the_middle_of_a_step_stops_and_undoes_it_too(stage: Stage, middle: str) -> None:
    label = f"amid {middle}"
    entered = asyncio.Event()

    async def hang() -> None:
        entered.set()
        await asyncio.sleep(60)

    script = Script({middle: hang})
    run = await stage.launch(LINE, label, script)
    await asyncio.wait_for(entered.wait(), 20)
    await stage.control.cancel(run.workflow_id)
    await ended_cancelled(stage, run)
    assert script.calls == AFTER_WHICH[middle]


async def test_cancel_of_parallel_steps_undoes_all_of_them(stage: Stage) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        entered.set()
        await asyncio.sleep(60)

    script = Script({"middle": hang})
    run = await stage.launch(FAN, "fan cancelled", script)
    await asyncio.wait_for(entered.wait(), 20)
    await stage.control.cancel(run.workflow_id)
    await ended_cancelled(stage, run)
    assert script.calls[-1] == "undo_first"
    assert {"undo_left", "undo_middle", "undo_right"} <= set(script.calls)
    assert "second" not in script.calls
    await save_history(stage.handle(run), FAN.name, "cancelled")


async def test_cancel_of_a_parked_run_undoes_it(stage: Stage) -> None:
    script = Script()
    script.fails("third", ConflictError(N_("No")))
    run = await stage.launch(LINE, "parked cancelled", script)
    await stage.until(run, "needs_you")
    await stage.control.cancel(run.workflow_id)
    await ended_cancelled(stage, run)
    assert script.calls == AFTER_WHICH["third"]


async def test_cancel_of_parallel_steps_of_which_one_is_parked_undoes_all(stage: Stage) -> None:
    script = Script()
    script.fails("middle", ConflictError(N_("No")))
    run = await stage.launch(FAN, "fan parked cancelled", script)
    await stage.until(run, "needs_you")
    await stage.control.cancel(run.workflow_id)
    await ended_cancelled(stage, run)
    assert {"undo_left", "undo_middle", "undo_right"} <= set(script.calls)


async def test_cancel_of_a_waiting_run_undoes_it(stage: Stage) -> None:
    run = await stage.launch(PATIENT, "waiting cancelled")
    await stage.until(run, "waiting")
    await stage.control.cancel(run.workflow_id)
    await ended_cancelled(stage, run)
    assert stage.scripts["waiting cancelled"].calls == ["first", "undo_first"]
    await save_history(stage.handle(run), PATIENT.name, "cancelled")


async def test_a_second_cancel_changes_nothing(stage: Stage) -> None:
    label, runs = "twice", dict[str, "LaunchedRun"]()
    cancel = cancelling(stage, runs, label)
    script = Script({"second": cancel, "undo_second": cancel})
    runs[label] = await stage.launch(LINE, label, script)
    await ended_cancelled(stage, runs[label])
    assert script.calls == AFTER_WHICH["second"]


@pytest.mark.parametrize("late", ["ship", "tell"])
async def test_past_the_point_of_no_return_cancel_is_passed_over(stage: Stage, late: str) -> None:
    label, runs = f"late {late}", dict[str, "LaunchedRun"]()
    cancel = cancelling(stage, runs, label)

    async def cancel_and_look() -> None:
        await cancel()
        card = await stage.card(runs[label])
        assert not card.can_cancel
        assert card.cannot_cancel_because is not None

    script = Script({late: cancel_and_look})
    runs[label] = await stage.launch(LINE, label, script)
    await stage.result(runs[label])
    assert (await stage.card(runs[label])).state == "done"
    assert script.calls[-2:] == ["ship", "tell"]


async def test_a_run_that_is_never_cancelled_goes_on(stage: Stage) -> None:
    label, runs = "stubborn", dict[str, "LaunchedRun"]()
    script = Script({"first": cancelling(stage, runs, label)})
    runs[label] = await stage.launch(STUBBORN, label, script)
    await stage.result(runs[label])
    assert script.calls == ["first", "second"]
    assert not (await stage.card(runs[label])).can_cancel
    await save_history(stage.handle(runs[label]), STUBBORN.name, "ready")


async def test_an_undo_that_fails_is_retried_parks_and_continues(stage: Stage) -> None:
    script = Script()
    script.fails("third", ConflictError(N_("No")))
    script.fails("undo_second")
    run = await stage.launch(LINE, "undo parked", script)
    await stage.until(run, "needs_you")
    await stage.control.cancel(run.workflow_id)
    await stage.until(run, "undoing")
    await stage.until(run, "needs_you")
    card = await stage.card(run)
    assert card.steps[1].state == "parked"
    assert card.can_continue
    assert "undo_first" not in script.calls, "what comes later waits for it"
    script.mend("undo_second")
    await stage.control.resume(run.workflow_id)
    await ended_cancelled(stage, run)
    assert script.calls[-2:] == ["undo_second", "undo_first"]
    await save_history(stage.handle(run), LINE.name, "undo_continued")


async def test_a_run_cancelled_as_soon_as_it_began_leaves_nothing(stage: Stage) -> None:
    label, runs = "unseen", dict[str, "LaunchedRun"]()
    script = Script({"first": cancelling(stage, runs, label)})
    runs[label] = await stage.launch(LINE, label, script)
    await stage.handle(runs[label]).cancel(rpc_timeout=timedelta(seconds=3))
    await ended_cancelled(stage, runs[label])
    # An undo bears a step that never happened.
    assert script.calls in ([], ["undo_first"], AFTER_WHICH["first"])
