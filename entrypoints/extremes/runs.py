"""A run of every workflow in every state, as its contract says what can become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.ids import new_id
from core.runs.contract import workflow_id
from core.runs.report import ENDED
from core.runs.samples import write_samples
from entrypoints.extremes.names import params_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from core.context import Person
    from core.db import UnitOfWork
    from core.runs.contract import AnyContract
    from core.runs.report import RunState, StepState
    from domain.files.models import File

LINE = "extremes"
"""A line of their own, which the runs at work fill: none that waits in it ever begins."""
INGEST = "files.ingest"
UNHEARD_OF = "unheard_of"
"""A failure that no contract names."""
DAYS = timedelta(days=123, hours=4)
STEP = timedelta(hours=31)
USUAL_MS = 12 * 24 * 3600 * 1000


@dataclass(frozen=True)
class Stand:
    """Where a run stands: its state, and those of its steps that have begun, in their order."""

    state: RunState
    steps: Sequence[StepState] = ()
    failure: str | None = None
    outcome: str | None = None
    place: int | None = None
    subject: tuple[str, str] = field(default=("extreme", ""))


async def add_runs(
    uow: UnitOfWork, contracts: Mapping[str, AnyContract], people: Sequence[Person], in_work: Iterable[File]
) -> None:
    """Write all runs with their steps; each file that is in work gets one that works on it."""
    runs: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for number, (contract, stand) in enumerate(_stands(contracts, in_work)):
        run = _run(uow, contract, stand, people[number % len(people)], number)
        runs.append(run)
        steps += _steps(contract, stand, run)
    await write_samples(uow, LINE, runs, steps)


def _stands(contracts: Mapping[str, AnyContract], in_work: Iterable[File]) -> Iterator[tuple[AnyContract, Stand]]:
    for contract in contracts.values():
        for stand in stands_of(contract):
            yield contract, stand
    for file in in_work:
        yield contracts[INGEST], Stand("running", ("done", "running"), subject=("file", str(file.id)))


def stands_of(contract: AnyContract) -> Iterator[Stand]:
    """Yield every way in which a run of this kind can stand."""
    every, some = len(contract.steps), len(contract.steps) // 2
    begun = _times("done", some)
    yield from (Stand("done", _times("done", every), outcome=outcome) for outcome in contract.outcomes)
    yield Stand("cancelled", _times("undone", every))
    yield Stand("undone", _times("undone", some + 1))
    yield Stand("failed", (*begun, "parked"), failure=UNHEARD_OF)
    yield Stand("launching")
    yield Stand("running", (*begun, "running"))
    yield Stand("running", (*begun, "retrying"), failure="unavailable")
    yield Stand("waiting", (*begun, "waiting"))
    yield Stand("undoing", (*_times("undone", some), "undoing"))
    yield Stand("stuck", (*begun, "running"))
    yield from (Stand("needs_you", (*begun, "parked"), failure) for failure in (*contract.failures, UNHEARD_OF))
    yield from (Stand("queued", place=place) for place in (3, 123_456_789))


def _times(state: StepState, count: int) -> tuple[StepState, ...]:
    return (state,) * count


def _run(uow: UnitOfWork, contract: AnyContract, stand: Stand, who: Person, number: int) -> dict[str, Any]:
    run_id, now = new_id(), datetime.now(UTC)
    began = now - DAYS + timedelta(minutes=number)
    return {
        "id": str(run_id),
        "contract": contract.name,
        "workflow_id": workflow_id(uow.tenant_id, contract.name, run_id),
        "state": stand.state,
        "place": stand.place,
        "title_params": params_of(contract.title, number),
        "actor_id": str(who.id),
        "actor_name": who.name,
        "subject_kind": stand.subject[0],
        "subject_id": stand.subject[1] or str(run_id),
        "result_path": "/files" if stand.state == "done" else None,
        "outcome": stand.outcome,
        "expected_ms": {step.name: USUAL_MS for step in contract.steps},
        "parked_until": (now + DAYS).isoformat() if stand.state == "needs_you" else None,
        "created_at": began.isoformat(),
        "ended_at": now.isoformat() if stand.state in ENDED else None,
    }


def _steps(contract: AnyContract, stand: Stand, run: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    began = datetime.fromisoformat(run["created_at"])
    for number, (step, state) in enumerate(zip(contract.steps, stand.steps, strict=False)):
        has_ended = state in {"done", "undone"}
        yield {
            "run_id": run["id"],
            "name": step.name,
            "state": state,
            "attempt": 999 if state == "retrying" else 1,
            "failure": stand.failure if state in {"parked", "retrying"} else None,
            "started_at": (began + number * STEP).isoformat(),
            "ended_at": (began + (number + 1) * STEP).isoformat() if has_ended else None,
        }
