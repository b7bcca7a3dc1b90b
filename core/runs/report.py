"""What a workflow tells of itself: plain data that crosses from the workflow to the recording activity."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  # pydantic reads the fields' types
from typing import Literal
from uuid import UUID  # noqa: TC003  # see above

RunState = Literal[
    "queued",
    "launching",
    "running",
    "waiting",
    "needs_you",
    "undoing",
    "stuck",
    "done",
    "cancelled",
    "undone",
    "failed",
]
"""A ``queued`` run waits for its turn (``core/runs/line.py``). A ``stuck`` one cannot go on until an engineer has
mended something (``core/runs/stuck.py``).
"""

StepState = Literal["running", "retrying", "waiting", "parked", "done", "undoing", "undone"]

ENDED: frozenset[RunState] = frozenset({"done", "cancelled", "undone", "failed"})

AT_WORK: frozenset[RunState] = frozenset({"launching", "running", "undoing"})
"""The states in which a run holds a place of its line."""

RECORD_ACTIVITY = "runs.record"

WHOLE_RUN = "*"
"""The name under which the duration of a whole run is learnt, beside those of its steps."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """Where one step stands. ``failure`` is the code of its last failure; ``attempt`` counts from 1."""

    name: str
    state: StepState
    started_at: datetime
    ended_at: datetime | None = None
    attempt: int = 1
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """Where a run stands, as its workflow knows it. A None leaves the recorded value as it is."""

    tenant_id: UUID
    run_id: UUID
    state: RunState | None = None
    steps: tuple[StepReport, ...] = field(default_factory=tuple)
    outcome: str | None = None
    parked_until: datetime | None = None
    past_return: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """How much one sweep found to do."""

    started: int = 0
    published: int = 0
    reconciled: int = 0
    forgotten: int = 0
    ended: int = 0
