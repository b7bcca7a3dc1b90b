"""A run as it stood at one event: what facts carry, rows hold and pages turn into a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.runs.report import ENDED, RunState, StepReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.messages import Scalar


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """The state of a run after its event number ``seq``."""

    id: UUID
    seq: int
    contract: str
    workflow_id: str
    state: RunState
    title_params: Mapping[str, Scalar]
    actor_id: UUID
    actor_name: str
    subject_kind: str
    subject_id: str
    result_path: str | None
    outcome: str | None
    expected_ms: Mapping[str, int]
    past_return: bool
    parked_until: datetime | None
    created_at: datetime
    ended_at: datetime | None
    steps: tuple[StepReport, ...]
    place: int | None = None
    group_id: UUID | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to the run."""
        return self.state in ENDED

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RunSnapshot:
        """Return the snapshot that PostgreSQL built as JSON (see ``queries.SNAPSHOT``)."""
        return cls(
            id=UUID(value["id"]),
            seq=value["seq"],
            contract=value["contract"],
            workflow_id=value["workflow_id"],
            state=value["state"],
            title_params=value["title_params"],
            actor_id=UUID(value["actor_id"]),
            actor_name=value["actor_name"],
            subject_kind=value["subject_kind"],
            subject_id=value["subject_id"],
            result_path=value["result_path"],
            outcome=value["outcome"],
            expected_ms=value["expected_ms"],
            past_return=value["past_return"],
            parked_until=_time(value["parked_until"]),
            created_at=datetime.fromisoformat(value["created_at"]),
            ended_at=_time(value["ended_at"]),
            steps=tuple(_step(step) for step in value["steps"]),
            # A fact of an earlier version has neither.
            place=value.get("place"),
            group_id=UUID(value["group_id"]) if value.get("group_id") else None,
        )


def _step(value: Mapping[str, Any]) -> StepReport:
    return StepReport(
        name=value["name"],
        state=value["state"],
        started_at=datetime.fromisoformat(value["started_at"]),
        ended_at=_time(value["ended_at"]),
        attempt=value["attempt"],
        failure=value["failure"],
    )


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
