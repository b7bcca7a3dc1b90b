"""What a person sent, by the key it was sent with: done once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


@dataclass(slots=True)
class Submission:
    """One submission in its tenant. ``key`` is a digest of who sent what; ``claimed`` once its effect is committed."""

    tenant_id: UUID
    key: bytes
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """How a submission was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class SubmittedError(Exception):
    """It was sent before, and done. ``given`` is the answer of then, where that is known already."""

    def __init__(self, given: GivenAnswer | None = None) -> None:
        super().__init__("this was submitted before")
        self.given = given
