"""The run card: percent, time left, what may be pressed and what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from core.runs.card import GENERAL_REMEDY, UNAVAILABLE_REMEDY, RunCard, card_of
from core.runs.report import RunState, StepReport, StepState
from core.runs.snapshot import RunSnapshot
from tests.workflows.kit.sample import CONTRACTS, FAN, LINE, N_, PATIENT, STUBBORN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.runs.contract import AnyContract

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EXPECTED = {"first": 1_000, "second": 2_000, "look": 1_000, "third": 4_000, "ship": 1_000, "tell": 1_000}


def step(name: str, state: StepState, *, seconds: float = 0, failure: str | None = None) -> StepReport:
    return StepReport(name, state, NOW - timedelta(seconds=seconds), NOW if state == "done" else None, 1, failure)


def snapshot(
    state: RunState = "running",
    *steps: StepReport,
    contract: AnyContract = LINE,
    expected: Mapping[str, int] = EXPECTED,
) -> RunSnapshot:
    return RunSnapshot(
        id=new_id(),
        seq=3,
        contract=contract.name,
        workflow_id="",
        state=state,
        title_params={"name": "x"},
        actor_id=new_id(),
        actor_name="Ada",
        subject_kind="sample",
        subject_id="1",
        result_path="/samples/1",
        outcome=None,
        expected_ms=expected,
        past_return=False,
        parked_until=None,
        created_at=NOW - timedelta(seconds=10),
        ended_at=NOW if state in {"done", "cancelled", "undone", "failed"} else None,
        steps=steps,
    )


def card(found: RunSnapshot) -> RunCard:
    return card_of(found, CONTRACTS, now=NOW)


def test_every_planned_step_is_on_the_card_from_the_start() -> None:
    shown = card(snapshot("launching"))
    assert [line.name for line in shown.steps] == [step.name for step in LINE.steps]
    assert {line.state for line in shown.steps} == {"planned"}
    assert (shown.percent, shown.seconds_left) == (0, 10)


def test_percent_weighs_steps_by_how_long_they_last() -> None:
    assert card(snapshot("running", step("first", "done"))).percent == 10
    done = [step(name, "done") for name in ("first", "second", "look", "third")]
    assert card(snapshot("running", *done)).percent == 80


def test_percent_is_a_hundred_at_the_end_alone() -> None:
    everything = [step(name, "done") for name in EXPECTED]
    assert card(snapshot("running", *everything)).percent == 99
    assert card(snapshot("done", *everything)).percent == 100


def test_without_any_past_run_steps_weigh_the_same_and_no_time_is_promised() -> None:
    shown = card(snapshot("running", step("first", "done"), expected={}))
    assert shown.percent == 17
    assert shown.seconds_left is None


def test_time_left_counts_what_the_running_step_has_used() -> None:
    assert card(snapshot("running", step("first", "done"), step("second", "running", seconds=1))).seconds_left == 8
    late = card(snapshot("running", step("first", "running", seconds=60)))
    assert late.seconds_left == 9, "a step that takes longer than usual does not make the others shorter"


@pytest.mark.parametrize("state", ["waiting", "needs_you", "undoing", "done", "cancelled"])
def test_no_time_is_promised_where_it_depends_on_somebody(state: RunState) -> None:
    assert card(snapshot(state)).seconds_left is None


def test_steps_that_were_never_begun_are_skipped_at_the_end() -> None:
    shown = card(snapshot("cancelled", step("first", "undone")))
    assert [line.state for line in shown.steps] == ["undone", *["skipped"] * 5]


def test_cancel_goes_at_the_point_of_no_return_and_says_why() -> None:
    assert card(snapshot()).can_cancel
    late = card(replace(snapshot(), past_return=True))
    assert not late.can_cancel
    assert late.cannot_cancel_because is not None
    never = card(snapshot(contract=STUBBORN))
    assert not never.can_cancel
    assert never.cannot_cancel_because is not None
    assert never.cannot_cancel_because != late.cannot_cancel_because
    ended = card(snapshot("done"))
    assert (ended.can_cancel, ended.cannot_cancel_because) == (False, None)


def test_a_run_that_is_being_undone_cannot_be_cancelled_again() -> None:
    undoing = card(snapshot("undoing", step("first", "undoing")))
    assert not undoing.can_cancel
    assert undoing.cannot_cancel_because is not None


@pytest.mark.parametrize(
    ("state", "failure", "cause"),
    [
        ("parked", "shelf_full", N_("The shelf is full.")),
        ("parked", "anything", GENERAL_REMEDY.cause),
        ("retrying", "unavailable", UNAVAILABLE_REMEDY.cause),
        ("parked", "unavailable", GENERAL_REMEDY.cause),
        ("done", "anything", None),
    ],
)
def test_causes_are_told_while_they_matter(state: StepState, failure: str, cause: object) -> None:
    shown = card(snapshot("needs_you", step("first", state, failure=failure)))
    assert shown.steps[0].cause == cause
    assert (shown.steps[0].remedy is None) == (cause is None)


def test_continue_is_offered_for_parked_steps_alone() -> None:
    assert card(snapshot("needs_you", step("first", "parked", failure="x"))).can_continue
    assert not card(snapshot("running", step("first", "retrying", failure="x"))).can_continue


def test_the_result_is_linked_when_it_is_there() -> None:
    assert card(snapshot("running")).result_path is None
    shown = card(replace(snapshot("done"), outcome="late"))
    assert (shown.result_path, shown.tone, shown.outcome) == ("/samples/1", "warning", N_("Too late"))


def test_the_wait_for_somebody_has_no_usual_length() -> None:
    shown = card(snapshot(contract=PATIENT, expected={"answer": 80_000_000, "first": 1_000}))
    assert shown.steps[1].expected_ms is None


def test_steps_side_by_side_shorten_the_time_left() -> None:
    alone = {"first": 1_000, "left": 4_000, "middle": 4_000, "right": 4_000, "second": 1_000}
    assert card(snapshot(contract=FAN, expected=alone)).seconds_left == 14
