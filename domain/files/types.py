"""What travels between the pages, the workflows and the activities of files: frozen, plain, without a database."""

# ruff: noqa: TC003  # the payload converter reads the annotations at run time
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Verdict = Literal["ready", "sealed", "infected", "unsupported", "unscannable", "broken"]
"""``ready`` to be opened; ``sealed`` for what nobody could look into: kept, and closed until somebody opens it; or not
kept: ``infected``, or ``unsupported``, which is of a kind that its tenant refuses. ``unscannable`` and ``broken`` files
were erased by earlier versions; no file comes to that any more."""

KEPT: frozenset[str] = frozenset({"ready", "sealed"})
"""The verdicts with which a file's bytes stay."""

Note = Literal["", "protected", "too_many_pixels", "undrawable"]
"""Why a file of a kind that is drawn has no preview."""


@dataclass(frozen=True)
class FileRef:
    """A file of a tenant, and who has something done with it; for a removal, since when it is in the trash."""

    tenant_id: UUID
    file_id: UUID
    actor_id: UUID | None = None
    trashed_at: datetime | None = None


@dataclass(frozen=True)
class IngestInput:
    """A file whose bytes have arrived."""

    tenant_id: UUID
    actor_id: UUID
    file_id: UUID

    @property
    def ref(self) -> FileRef:
        """The file."""
        return FileRef(self.tenant_id, self.file_id, self.actor_id)


@dataclass(frozen=True)
class Received:
    """The upload as it lies in storage; with the verdict on a file that was looked at before its run was lost."""

    size: int
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Identified:
    """What a file is. ``accepted`` is False for a kind that its tenant refuses; into ``sealed`` nobody can look."""

    type: str
    accepted: bool
    sealed: bool = False


@dataclass(frozen=True)
class Scanned:
    """What the scanner says, and which scanner it was."""

    verdict: Literal["clean", "infected", "unscannable"]
    scanner: str
    signature: str = ""


@dataclass(frozen=True)
class KnownFile:
    """A file whose real kind is known."""

    tenant_id: UUID
    file_id: UUID
    type: str


@dataclass(frozen=True)
class Picture:
    """A WebP rendition that was written: ``thumbnail``, ``preview-1``, ``preview-2``..."""

    name: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Rendered:
    """The renditions of a file; ``broken`` when drawing it failed, ``note`` when it is fine but is not drawn."""

    pictures: tuple[Picture, ...] = ()
    note: Note = ""
    broken: bool = False


@dataclass(frozen=True)
class Facts:
    """What a file says about itself. Where a picture was taken is left out on purpose."""

    width: int | None = None
    height: int | None = None
    pages: int | None = None
    taken_at: datetime | None = None
    camera: str = ""
    title: str = ""
    broken: bool = False


@dataclass(frozen=True)
class Findings:
    """All that was found out about a file, and the verdict."""

    tenant_id: UUID
    file_id: UUID
    verdict: Verdict
    type: str
    scanner: str = ""
    signature: str = ""
    note: Note = ""
    facts: Facts = Facts()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class IngestResult:
    """The verdict, which is the outcome of the run."""

    outcome: Verdict


@dataclass(frozen=True)
class RemoveInput:
    """A file that a person put into the trash, at that time."""

    tenant_id: UUID
    actor_id: UUID
    file_id: UUID
    trashed_at: datetime | None = None

    @property
    def ref(self) -> FileRef:
        """The file."""
        return FileRef(self.tenant_id, self.file_id, self.actor_id, self.trashed_at)


@dataclass(frozen=True)
class RemoveResult:
    """How a removal ended."""

    outcome: Literal["removed"]


@dataclass(frozen=True)
class TidyInput:
    """A sweep over all tenants. Its own is the platform's, since it is nobody's run.

    Without ``objects`` the storage is not looked through, which takes long in a large one.
    """

    tenant_id: UUID
    actor_id: UUID
    objects: bool = True


@dataclass(frozen=True)
class Swept:
    """How much a sweep took away."""

    uploads: int = 0
    objects: int = 0


@dataclass(frozen=True)
class TidyResult:
    """How a sweep ended."""

    outcome: Literal["tidied"]
    swept: Swept = Swept()
