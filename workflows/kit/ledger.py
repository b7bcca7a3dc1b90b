"""What a workflow knows of its own steps."""

from __future__ import annotations

import dataclasses

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from core.runs.report import RunState, StepReport, StepState


class Ledger:
    """The steps begun so far, in the order in which they began."""

    def __init__(self) -> None:
        self.state: RunState = "running"
        self._steps: dict[str, StepReport] = {}

    def steps(self) -> tuple[StepReport, ...]:
        """Return every step begun so far."""
        return tuple(self._steps.values())

    def begin(self, name: str, state: StepState = "running") -> None:
        """Note that a step begins, or begins again."""
        earlier = self._steps.get(name)
        started_at = earlier.started_at if earlier else workflow.now()
        self._steps[name] = StepReport(name, state, started_at)

    def end(self, name: str, state: StepState = "done") -> None:
        """Note that a step has ended."""
        self._change(name, state=state, ended_at=workflow.now(), failure=None)

    def park(self, name: str, failure: str) -> None:
        """Note that a step has finally failed and waits for a person."""
        self._change(name, state="parked", failure=failure)

    def unpark(self) -> None:
        """Have every parked step begin again."""
        for name, step in self._steps.items():
            if step.state == "parked":
                self._change(name, state="running", failure=None)

    def is_parked(self, name: str) -> bool:
        """Whether the step waits for a person."""
        return self._steps[name].state == "parked"

    def has_parked(self) -> bool:
        """Whether any step waits for a person."""
        return any(step.state == "parked" for step in self._steps.values())

    def begin_undoing(self) -> None:
        """Note that whatever was still going on has been stopped."""
        for name, step in self._steps.items():
            if step.state in {"running", "waiting", "parked"}:
                self._change(name, state="undoing", failure=None)

    def end_undoing(self) -> None:
        """Note that nothing is left of any step, those without anything to undo included."""
        for name in self._steps:
            self.end(name, "undone")

    def _change(self, name: str, **changes: object) -> None:
        self._steps[name] = dataclasses.replace(self._steps[name], **changes)  # type: ignore[arg-type]  # checked by callers
