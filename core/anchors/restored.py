"""The statement that a backup was restored: whose anchored heads are gone with it, and why. Signed, kept beside them.

It is a part of the object that it stands in, which is written once, and a signed note of its own. It excuses heads that
were anchored before it and that lie between the head that a chain still has and the newest that was lost; nothing that
was anchored later, and no tenant that it does not name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from core.anchors.errors import AnchorError
from core.audit import Head
from core.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND = "adx-audit-restore/v1"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Lost:
    """What a restore took from one chain: it has ``kept`` still, if anything, and ``newest`` no more."""

    kept: Head | None
    newest: Head

    def excuses(self, head: Head) -> bool:
        """Whether a head that was anchored before may be missing."""
        return (self.kept.seq if self.kept else 0) < head.seq <= self.newest.seq


@dataclass(frozen=True, slots=True)
class Restored:
    """One declared restore. ``number`` is that of the object that it stands in, ``origin`` the name of the log."""

    origin: str
    number: int
    at: datetime
    reason: str
    lost: Mapping[UUID, Lost]

    @classmethod
    def parse(cls, text: str) -> Restored:
        """Return what ``str`` of a statement has written; raises :class:`AnchorError` for anything else."""
        try:
            kind, origin, number, at, reason, *lines = text.removesuffix("\n").split("\n")
            found = cls(origin, int(number), datetime.fromisoformat(at), reason, dict(map(_lost, lines)))
        except ValueError:
            raise AnchorError("A declared restore is not written as it must be.") from None
        if kind != KIND or str(found) != text or not found.lost:
            raise AnchorError("A declared restore is not written as it must be.")
        return found

    @classmethod
    def now(cls, origin: str, number: int, reason: str, lost: Mapping[UUID, Lost]) -> Restored:
        """Return a statement of this moment."""
        at = datetime.now(UTC).replace(microsecond=0)
        return cls(origin, number, at, one_line(reason), dict(sorted(lost.items())))

    def __str__(self) -> str:
        lines = [f"{tenant_id} {lost.kept or NOTHING} {lost.newest}" for tenant_id, lost in sorted(self.lost.items())]
        return "\n".join([KIND, self.origin, str(self.number), self.at.isoformat(), self.reason, *lines]) + "\n"


def _lost(line: str) -> tuple[UUID, Lost]:
    tenant_id, kept, newest = line.split(" ")
    return UUID(tenant_id), Lost(None if kept == NOTHING else Head.parse(kept), Head.parse(newest))
