"""What the templates of files receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from core.messages import Message, messages_of
from core.runs.card import RunCard
from core.runs.group_card import GroupCard
from domain.files.kinds import UNKNOWN_TYPE, Kind, claim_by_name, kind_of, rendering_of
from domain.files.models import File, Rendition
from domain.files.policy import Policy
from domain.files.quota import Usage
from domain.files.repository import ListedFile
from domain.files.types import KEPT
from workflows.files.contract import INGEST

N_ = messages_of("files")

Tone = Literal["", "info", "success", "warning", "danger"]

# Translators: The state of one file, in a badge beside its name.
STATES: dict[str, tuple[Message, Tone]] = {
    "pending": (N_("Being prepared"), "info"),
    "ready": (N_("Ready"), "success"),
    "sealed": (N_("Closed"), "warning"),
    "infected": (N_("Blocked: harmful content"), "danger"),
    "unscannable": (N_("Blocked: the scanner could not look inside"), "warning"),
    "unsupported": (N_("Blocked: this kind isn’t accepted"), "warning"),
    "broken": (N_("Blocked: damaged"), "warning"),
    "trashed": (N_("In the trash"), ""),
}
NOTES = {
    "protected": N_("It is protected by a password, so there is no preview. You can download it."),
    "too_many_pixels": N_("The picture is too large for a preview. You can download it."),
    "undrawable": N_(
        "There is no preview: the file may be damaged, or too complex to draw. "
        "It is saved exactly as it came, and you can download it."
    ),
}
EMPTY = N_("This file is empty. You can download it.")
UNKNOWN = N_("This kind of file is not known here, so there is no preview. You can download it.")
NO_PREVIEW = N_("There is no preview for this kind of file. You can download it.")
SEALED = N_("The scanner could not look inside this file, for example because of a password. It is saved, but closed.")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file, as lists show it."""

    id: UUID
    name: str
    kind: Message | None
    icon: str
    size: int
    uploader: str
    created_at: datetime
    state: str
    state_label: Message
    tone: Tone
    has_thumbnail: bool

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state == "ready"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being done to it, so that it can be removed."""
        return self.state not in {"pending", "trashed"}

    @classmethod
    def of(cls, listed: ListedFile) -> FileRow:
        """Return the row of a file."""
        file = listed.file
        kind = kind_of(file.type) if file.type else None
        state = "trashed" if file.trashed_at else file.state
        label, tone = STATES[state]
        drawn = rendering_of(file.type or "") != "none"
        return cls(
            id=file.id,
            name=file.name,
            kind=kind.title if kind else None,
            icon=kind.icon if kind else "file",
            size=file.size,
            uploader=listed.uploader,
            created_at=file.created_at,
            state=state,
            state_label=label,
            tone=tone,
            has_thumbnail=drawn and file.is_available and not file.note,
        )


# Translators: Who may do something, in a list: people by their role.
OPENERS = (
    ("owner", N_("Owners")),
    ("admin", N_("Owners and admins")),
    ("member", N_("All members")),
)
"""Who may open what nobody could look into, with what a form calls them."""


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """``/admin/files``: the rules, and what there is to choose."""

    policy: Policy
    openers: tuple[tuple[str, Message], ...]
    kinds: tuple[Kind, ...]
    was_saved: bool


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """The warning before a closed file."""

    file: FileRow


@dataclass(frozen=True, slots=True)
class FileListPage:
    """The list of files. ``removal`` is what the reader removed last, while it can still be brought back.

    ``progress`` is how far the preparation is of those that the reader may see it of; ``groups`` is what the reader
    brought at once and is not ready yet, and ``groups_of`` names its contract. ``newer`` is how many files have come
    that an open page did not take in, so as not to push away what is being read.
    """

    policy: Policy
    files: tuple[FileRow, ...]
    usage: Usage
    older_than: UUID | None
    removal: RunCard | None
    list_path: str
    progress: Mapping[UUID, RunCard]
    groups: tuple[GroupCard, ...]
    groups_of: str = INGEST.name
    newer: int = 0
    is_first_page: bool = True


@dataclass(frozen=True, slots=True)
class RecentFiles:
    """The newest few, for the dashboard."""

    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class RunCards:
    """What is being done to the files that have just arrived."""

    cards: tuple[RunCard, ...]


@dataclass(frozen=True, slots=True)
class FilePage:
    """One file with everything that is known of it; ``removal`` as in the list.

    ``note`` says what could not be done with it, ``claim`` which other kind its name claims. ``may_open``: it is
    closed, and the reader may open it; ``opener``: who did, where that person is still there.
    """

    file: FileRow
    previews: tuple[Rendition, ...]
    note: Message | None
    claim: Message | None
    may_open: bool
    opener: str
    opened_at: datetime | None
    scan: Message | None
    details: FileDetails
    card: RunCard | None
    removal: RunCard | None


@dataclass(frozen=True, slots=True)
class FileDetails:
    """What the file says about itself."""

    type: str
    width: int | None
    height: int | None
    pages: int | None
    taken_at: datetime | None
    camera: str
    title: str
    sha256: str


def scan_report(scanner: str, signature: str, *, is_sealed: bool = False) -> Message | None:
    """Return which scanner looked at the file, what it found, and how far to trust it."""
    if not scanner:
        return None
    if is_sealed and signature:
        return N_("{scanner} could not look inside: {signature}.", scanner=scanner, signature=signature)
    if is_sealed:
        return N_("{scanner} could not look inside.", scanner=scanner)
    if signature:
        # Translators: {scanner} is the name of a program, {signature} what it calls the virus.
        return N_("{scanner} found {signature}.", scanner=scanner, signature=signature)
    if scanner == "ClamAV":
        return N_("Scanned by ClamAV. Nothing was found.")
    return N_("Scanned by {scanner} with a few built-in rules. Nothing was found.", scanner=scanner)


def shortcoming(file: File) -> Message | None:
    """Return what could not be done with a file that is kept; nothing of one that is in work or gone."""
    if file.state == "sealed":
        return SEALED
    if file.state != "ready":
        return None
    if file.size == 0:
        return EMPTY
    media_type = file.type or UNKNOWN_TYPE
    if rendering_of(media_type) == "none":
        return UNKNOWN if kind_of(media_type).key == "unknown" else NO_PREVIEW
    return NOTES.get(file.note)


def claim_of(file: File) -> Message | None:
    """Return which kind the name claims, where the content is of another: who opens it should know."""
    claimed, found = claim_by_name(file.name), file.type
    is_plain = claimed is None or found in {None, UNKNOWN_TYPE} or not file.size
    if is_plain or claimed is None or found is None or kind_of(claimed) is kind_of(found):
        return None
    return kind_of(claimed).title


def file_page(
    listed: ListedFile,
    renditions: Sequence[Rendition],
    card: RunCard | None,
    removal: RunCard | None,
    *,
    is_opener: bool = False,
) -> FilePage:
    """Return the page of one file."""
    file = listed.file
    shown = renditions if file.is_available else ()
    previews = (rendition for rendition in shown if rendition.name.startswith("preview-"))
    return FilePage(
        file=FileRow.of(listed),
        previews=tuple(sorted(previews, key=lambda rendition: rendition.name)),
        note=shortcoming(file),
        claim=claim_of(file) if file.verdict in KEPT else None,
        may_open=file.is_sealed and is_opener,
        opener=listed.opener,
        opened_at=file.opened_at,
        scan=scan_report(file.scanner, file.signature, is_sealed=file.state == "sealed" or file.opened_at is not None),
        details=FileDetails(
            type=file.type or file.declared_type,
            width=file.width,
            height=file.height,
            pages=file.pages,
            taken_at=file.taken_at,
            camera=file.details.get("camera", ""),
            title=file.details.get("title", ""),
            sha256=file.sha256.hex() if file.sha256 else "",
        ),
        card=card,
        removal=removal,
    )
