"""Runs go through their steps, tell every one, park what fails and continue from there."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from core.context import SYSTEM_ACTOR_ID
from core.errors import ConflictError, UnavailableError
from core.ids import new_id
from core.messages import messages_of
from core.telemetry import REGISTRY
from tests.replay.record import save_history
from tests.workflows.kit.sample import FAN, LINE, LOOK, PATIENT, SampleInput
from tests.workflows.kit.stage import Script, eventually

if TYPE_CHECKING:
    from tests.workflows.kit.stage import Stage

N_ = messages_of("sample")
WALK = ["first", "second", "look", "third", "ship", "tell"]


async def test_a_run_goes_through_its_steps_and_tells_each(stage: Stage) -> None:
    run = await stage.launch(LINE, "happy")
    await stage.result(run)
    card = await stage.card(run)
    assert stage.scripts["happy"].calls == WALK
    assert (card.state, card.percent, card.result_path) == ("done", 100, "/samples/happy")
    assert [step.state for step in card.steps] == ["done"] * 6
    assert card.outcome == N_("Ready")
    assert card.title == N_("Walking the line for {name}", name="happy")
    assert not card.can_cancel
    await save_history(stage.handle(run), LINE.name, "ready")


async def test_operators_see_how_steps_and_runs_end(stage: Stage) -> None:
    told = {
        "adx_step_seconds_count": [
            {"contract": LINE.name, "step": "second", "end": end} for end in ("retried", "done")
        ],
        "adx_runs_total": [{"contract": LINE.name, "state": "done"}],
    }
    before = [REGISTRY.get_sample_value(name, labels) or 0 for name, each in told.items() for labels in each]
    script = Script()
    script.fails("second", times=1)
    await stage.result(await stage.launch(LINE, "counted", script))
    after = [REGISTRY.get_sample_value(name, labels) for name, each in told.items() for labels in each]
    assert after == [number + 1 for number in before]


async def test_event_numbers_have_no_gap_and_no_double(stage: Stage) -> None:
    run = await stage.launch(LINE, "numbered")
    await stage.result(run)
    numbers = await stage.numbers(run)
    assert numbers == list(range(1, len(numbers) + 1))
    assert stage.told(run)[-1].params["state"] == "done"


async def test_a_retry_is_shown_and_then_forgotten(stage: Stage) -> None:
    script = Script()
    script.fails("second", times=1)
    run = await stage.launch(LINE, "retried", script)
    await stage.result(run)
    assert script.calls.count("second") == 2
    seen = [step for fact in stage.told(run) for step in fact.params["steps"] if step["name"] == "second"]
    assert {"state": "retrying", "failure": "unexpected"}.items() <= next(
        step for step in seen if step["state"] == "retrying"
    ).items()
    second = (await stage.snapshot(run)).steps[1]
    assert (second.state, second.attempt, second.failure) == ("done", 2, None)


async def test_a_step_that_finally_fails_parks_and_continue_repeats_it_alone(stage: Stage) -> None:
    script = Script()
    script.fails("third")
    run = await stage.launch(LINE, "parked", script)
    await stage.until(run, "needs_you")
    card = await stage.card(run)
    third = card.steps[3]
    assert (third.state, third.attempt) == ("parked", 2)
    assert third.cause is not None
    assert third.remedy is not None
    assert card.can_continue
    assert card.can_cancel
    assert card.parked_until is not None
    script.mend("third")
    await stage.control.resume(run.workflow_id)
    await stage.result(run)
    assert script.calls == ["first", "second", "look", "third", "third", "third", "ship", "tell"]
    assert (await stage.card(run)).state == "done"
    await save_history(stage.handle(run), LINE.name, "continued")


async def test_a_refusal_parks_at_once_with_its_own_remedy(stage: Stage) -> None:
    script = Script()
    script.fails("first", ConflictError(N_("Full"), code="shelf_full"))
    run = await stage.launch(LINE, "refused", script)
    await stage.until(run, "needs_you")
    first = (await stage.card(run)).steps[0]
    assert script.calls == ["first"]
    assert first.cause == N_("The shelf is full.")
    assert first.remedy == N_("Make room, then continue.")
    await stage.control.cancel(run.workflow_id)
    await stage.until(run, "cancelled")


async def test_what_is_unavailable_is_tried_with_patience(stage: Stage) -> None:
    script = Script()
    script.fails("first", UnavailableError(N_("Down")), times=3)
    run = await stage.launch(LINE, "patience", script)
    await stage.result(run)
    assert script.calls.count("first") == 4, "more often than its two attempts"


async def test_an_outage_that_the_contract_does_not_name_is_told_as_one(stage: Stage) -> None:
    script = Script()
    script.fails("first", UnavailableError(N_("Down"), code="a_part_of_it"), times=1)
    run = await stage.launch(LINE, "unnamed outage", script)
    await stage.result(run)
    told = {step["failure"] for fact in stage.told(run) for step in fact.params["steps"]}
    assert told == {None, "unavailable"}


async def test_a_step_that_hangs_is_stopped_and_parks_after_its_attempts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.interceptor.SECONDS_BEFORE_THE_SERVER", LOOK.timeout.total_seconds() - 0.1)
    script = Script(acts={"look": asyncio.Event().wait})
    run = await stage.launch(LINE, "hung", script)
    await stage.until(run, "needs_you")
    look = (await stage.snapshot(run)).steps[2]
    assert (look.failure, look.attempt, script.calls.count("look")) == ("timeout", LOOK.attempts, LOOK.attempts)
    await stage.control.cancel(run.workflow_id)
    await stage.until(run, "cancelled")


async def test_what_a_schedule_started_fails_instead_of_waiting_for_nobody(stage: Stage) -> None:
    script = stage.scripts["scheduled"] = Script()
    script.fails("second", ApplicationError("broken", type="broken", non_retryable=True))
    who = SampleInput(stage.ctx.tenant_id, SYSTEM_ACTOR_ID, "scheduled")
    started = await stage.client.start_workflow(LINE.name, who, id=f"sample-tidy-{new_id()}", task_queue="sample")
    with pytest.raises(WorkflowFailureError) as failure:
        await started.result()
    assert isinstance(failure.value.cause, ApplicationError)
    assert failure.value.cause.type == "broken"
    assert script.calls == ["first", "second", "undo_second", "undo_first"]


async def test_continue_may_fail_again_and_be_asked_again(stage: Stage) -> None:
    script = Script()
    script.fails("second", ConflictError(N_("No")))
    run = await stage.launch(LINE, "again", script)
    await stage.until(run, "needs_you")
    for count in (2, 3):
        await stage.control.resume(run.workflow_id)
        await eventually(partial(lambda least: script.calls.count("second") >= least, count))
        await stage.until(run, "needs_you")
    script.mend("second")
    await stage.control.resume(run.workflow_id)
    await stage.result(run)
    assert script.calls.count("first") == 1


async def test_continue_of_a_run_that_is_not_parked_changes_nothing(stage: Stage) -> None:
    gate = asyncio.Event()
    run = await stage.launch(LINE, "unparked", Script({"second": gate.wait}))
    await stage.until(run, "running")
    await stage.control.resume(run.workflow_id)
    gate.set()
    await stage.result(run)
    assert stage.scripts["unparked"].calls == WALK


async def test_of_parallel_steps_one_parks_while_the_others_end(stage: Stage) -> None:
    script = Script()
    script.fails("middle", ConflictError(N_("No")))
    run = await stage.launch(FAN, "fan", script)
    await stage.until(run, "needs_you")
    shown = {"first": "done", "left": "done", "middle": "parked", "right": "done"}
    await stage.when(run, lambda found: {step.name: step.state for step in found.steps} == shown)
    script.mend("middle")
    await stage.control.resume(run.workflow_id)
    await stage.result(run)
    assert sorted(script.calls) == ["first", "left", "middle", "middle", "right", "second"]
    numbers = await stage.numbers(run)
    assert numbers == list(range(1, len(numbers) + 1))
    await save_history(stage.handle(run), FAN.name, "ready")


async def test_the_deadline_of_a_parked_step_stays_while_others_end(stage: Stage) -> None:
    is_parked = asyncio.Event()
    script = Script(acts={"right": is_parked.wait})
    script.fails("middle", ConflictError(N_("No")))
    run = await stage.launch(FAN, "parked fan", script)
    before = await stage.until(run, "needs_you")
    is_parked.set()
    after = await stage.when(run, lambda found: found.seq > before.seq)
    assert after.parked_until == before.parked_until is not None
    await stage.control.cancel(run.workflow_id)
    await stage.until(run, "cancelled")


async def test_a_waiting_step_waits_for_its_signal(stage: Stage) -> None:
    run = await stage.launch(PATIENT, "patient")
    await stage.until(run, "waiting")
    card = await stage.card(run)
    assert card.steps[1].state == "waiting"
    assert card.seconds_left is None
    await stage.control.signal(run.workflow_id, "answer")
    assert (await stage.result(run))["outcome"] == "ready"
    await save_history(stage.handle(run), PATIENT.name, "ready")


async def test_time_left_is_learnt_from_runs_that_ended(stage: Stage) -> None:
    first = await stage.launch(LINE, "learnt from")
    await stage.result(first)
    await stage.recorder.flush()
    gate = asyncio.Event()

    async def hold() -> None:
        await gate.wait()

    run = await stage.launch(LINE, "estimated", Script({"second": hold}))
    card = await stage.card(run)
    assert all(step.expected_ms is not None for step in card.steps)
    assert card.seconds_left is not None
    found = await stage.when(run, lambda found: [step.state for step in found.steps] == ["done", "running"])
    assert found.state == "running"
    assert 0 < (await stage.card(run)).percent < 100
    gate.set()
    await stage.result(run)
