"""What travels between the pages, the workflows and the activities of translations: frozen, without a database."""

# ruff: noqa: TC003  # the payload converter reads the annotations at run time
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["edit", "revert", "import", "replace", "take_back"]
"""How a text came to be changed."""

Outcome = Literal["applied", "partly", "nothing"]


@dataclass(frozen=True)
class BatchRef:
    """Many changes that belong together."""

    tenant_id: UUID
    batch_id: UUID


@dataclass(frozen=True)
class BatchInput:
    """A batch that somebody wants applied."""

    tenant_id: UUID
    actor_id: UUID
    batch_id: UUID

    @property
    def ref(self) -> BatchRef:
        """The batch."""
        return BatchRef(self.tenant_id, self.batch_id)


@dataclass(frozen=True)
class Checked:
    """How many changes of a batch can be applied, and how many are left out."""

    ready: int
    skipped: int

    @property
    def outcome(self) -> Outcome:
        """What applying them comes to."""
        if not self.ready:
            return "nothing"
        return "partly" if self.skipped else "applied"


@dataclass(frozen=True)
class BatchResult:
    """How a batch ended."""

    outcome: Outcome
