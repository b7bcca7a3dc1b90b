"""The names that the kit gives to activities, so that the recorder knows which step an activity belongs to."""

from __future__ import annotations

from dataclasses import dataclass

UNDO = "undo"
SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class StepOfActivity:
    """The step that an activity executes or reverses; ``go`` counts how often a person had it continued."""

    name: str
    go: int = 0
    is_undo: bool = False

    def activity_id(self) -> str:
        """Return the id: ``step~scan~0``, ``undo~scan~1``."""
        return SEPARATOR.join((UNDO if self.is_undo else "step", self.name, str(self.go)))

    @classmethod
    def parse(cls, activity_id: str) -> StepOfActivity | None:
        """Return the step, or None for an activity that the kit did not name."""
        kind, _, rest = activity_id.partition(SEPARATOR)
        name, _, go = rest.partition(SEPARATOR)
        if kind not in {UNDO, "step"} or not go.isdigit():
            return None
        return cls(name, int(go), kind == UNDO)
