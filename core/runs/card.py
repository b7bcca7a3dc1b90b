"""The run card: a snapshot joined with its contract, ready for a page to put into words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from core.keys.errors import ERASED
from core.messages import Message, messages_of
from core.runs.contract import Outcome, Remedy
from core.runs.report import WHOLE_RUN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.runs.contract import AnyContract, Step, Tone
    from core.runs.report import RunState, StepReport
    from core.runs.snapshot import RunSnapshot

N_ = messages_of("runs")

CardStepState = Literal["planned", "running", "retrying", "waiting", "parked", "done", "undoing", "undone", "skipped"]

GENERAL_REMEDY = Remedy(
    cause=N_("Something on our side did not work."),
    remedy=N_("What was done before is kept. Continue to try this step again, or cancel to undo everything."),
)
UNAVAILABLE_REMEDY = Remedy(
    cause=N_("A part of the platform that this step needs cannot be reached right now."),
    remedy=N_("We keep trying. What was done before is kept."),
)
GENERAL_OUTCOMES: Mapping[str, Outcome] = {
    ERASED: Outcome(N_("The data of this workspace was erased, so this cannot continue."), "danger"),
}
"""How a run of any kind can end, beside what its contract names."""

TOO_LATE = N_("This can no longer be cancelled: the step that is running or done cannot be undone.")
NEVER = N_("This cannot be cancelled: stopping halfway would leave things broken.")
STUCK = N_(
    "This has stopped because of a fault in our software. Engineers have been alerted, and what was done is kept."
)
# Translators: Why a workflow cannot be cancelled: it was cancelled, and what it has done is being undone.
ALREADY_UNDOING = N_("It is already being undone.")

UNDER_WAY = frozenset({"running", "retrying", "waiting", "undoing"})

UNKNOWN_STEP_MS = 1_000
"""What a step is taken to last before any run of its kind has finished."""


@dataclass(frozen=True, slots=True)
class StepCard:
    """One line of the card."""

    name: str
    title: Message
    state: CardStepState
    attempt: int
    started_at: datetime | None
    ended_at: datetime | None
    expected_ms: int | None
    cause: Message | None
    remedy: Message | None

    @property
    def duration_ms(self) -> int | None:
        """How long the step took, once it has ended."""
        if not self.started_at or not self.ended_at:
            return None
        return round((self.ended_at - self.started_at).total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class RunCard:
    """Everything that the card of a run shows. See ``templates/runs/_card.html``.

    ``place`` is where a run stands that waits for its turn: 1 is next. ``subject`` names what it works on, as the
    id of an element. ``group_id`` is what it was asked for with.
    """

    id: UUID
    seq: int
    contract: str
    icon: str
    title: Message
    state: RunState
    place: int | None
    steps: tuple[StepCard, ...]
    percent: int
    seconds_left: int | None
    started_by: str
    started_by_id: UUID
    started_at: datetime
    ended_at: datetime | None
    outcome: Message | None
    tone: Tone | None
    told_apart: bool
    result_path: str | None
    can_cancel: bool
    cannot_cancel_because: Message | None
    can_continue: bool
    parked_until: datetime | None
    engineer_url: str | None
    group_id: UUID | None = None
    subject: str = ""


def card_of(
    snapshot: RunSnapshot,
    contracts: Mapping[str, AnyContract],
    *,
    engineer_url: str | None = None,
    now: datetime | None = None,
) -> RunCard:
    """Join a snapshot with its contract. ``engineer_url`` is given only for those who may open the Temporal UI."""
    contract = contracts[snapshot.contract]
    reports = {report.name: report for report in snapshot.steps}
    steps = tuple(_step_card(step, reports.get(step.name), snapshot, contract) for step in contract.steps)
    outcome = {**GENERAL_OUTCOMES, **contract.outcomes}.get(snapshot.outcome) if snapshot.outcome else None
    refusal = _why_not_cancel(snapshot, contract)
    return RunCard(
        id=snapshot.id,
        seq=snapshot.seq,
        contract=contract.name,
        icon=contract.icon,
        title=replace(contract.title, params=snapshot.title_params),
        state=snapshot.state,
        place=snapshot.place if snapshot.state == "queued" else None,
        steps=steps,
        percent=_percent(snapshot, steps),
        seconds_left=_seconds_left(snapshot, steps, now or datetime.now(UTC)),
        started_by=snapshot.actor_name,
        started_by_id=snapshot.actor_id,
        started_at=snapshot.created_at,
        ended_at=snapshot.ended_at,
        outcome=outcome.message if outcome else None,
        tone=outcome.tone if outcome else None,
        told_apart=outcome is not None and outcome.told_apart,
        result_path=snapshot.result_path if snapshot.state == "done" else None,
        can_cancel=not snapshot.has_ended and refusal is None,
        cannot_cancel_because=None if snapshot.has_ended else refusal,
        can_continue=snapshot.state != "stuck" and any(step.state == "parked" for step in steps),
        parked_until=snapshot.parked_until if snapshot.state == "needs_you" else None,
        engineer_url=engineer_url,
        group_id=snapshot.group_id,
        subject=f"{snapshot.subject_kind}-{snapshot.subject_id}",
    )


def _step_card(
    step: Step[Any, Any],
    report: StepReport | None,
    snapshot: RunSnapshot,
    contract: AnyContract,
) -> StepCard:
    # How long somebody else takes to act says nothing about how long it will take this time.
    expected = None if step.waits else snapshot.expected_ms.get(step.name)
    if report is None:
        state: CardStepState = "skipped" if snapshot.has_ended else "planned"
        return StepCard(step.name, step.title, state, 1, None, None, expected, None, None)
    told = _remedy(report, contract)
    return StepCard(
        name=step.name,
        title=step.title,
        # Nothing goes on or waits in a workflow that cannot follow its own history.
        state="parked" if snapshot.state == "stuck" and report.state in UNDER_WAY else report.state,
        attempt=report.attempt,
        started_at=report.started_at,
        ended_at=report.ended_at,
        expected_ms=expected,
        cause=told.cause if told else None,
        remedy=told.remedy if told else None,
    )


def _remedy(report: StepReport, contract: AnyContract) -> Remedy | None:
    if report.failure is None or report.state not in {"parked", "retrying"}:
        return None
    if report.failure in contract.failures:
        return contract.failures[report.failure]
    if report.failure == "unavailable" and report.state == "retrying":
        return UNAVAILABLE_REMEDY
    return GENERAL_REMEDY


def _why_not_cancel(snapshot: RunSnapshot, contract: AnyContract) -> Message | None:
    if snapshot.state == "stuck":
        return STUCK
    if contract.cancel == "never":
        return NEVER
    if snapshot.past_return:
        return TOO_LATE
    return ALREADY_UNDOING if snapshot.state == "undoing" else None


def _percent(snapshot: RunSnapshot, steps: tuple[StepCard, ...]) -> int:
    if snapshot.state == "done":
        return 100
    if not steps:
        return 0
    total = sum(_weight(step) for step in steps)
    done = sum(_weight(step) for step in steps if step.state == "done")
    return min(99, round(100 * done / total))


def _seconds_left(snapshot: RunSnapshot, steps: tuple[StepCard, ...], now: datetime) -> int | None:
    """Add up the usual time of what is still to do; None where it waits for somebody or nothing is known yet.

    Steps that run side by side are not waited for one after the other: the sum is scaled by how much shorter a whole
    run usually is than its steps together.
    """
    if snapshot.state not in {"launching", "running"} or not snapshot.expected_ms:
        return None
    together = sum(step.expected_ms or 0 for step in steps)
    overlap = min(1.0, snapshot.expected_ms.get(WHOLE_RUN, together) / together) if together else 1.0
    left = 0.0
    for step in steps:
        if step.state in {"planned", "running", "retrying"}:
            spent = (now - step.started_at).total_seconds() * 1000 if step.started_at else 0
            left += max(0, (step.expected_ms or 0) - spent)
    return max(1, round(left * overlap / 1000))


def _weight(step: StepCard) -> int:
    return step.expected_ms or UNKNOWN_STEP_MS
