"""What the templates of notifications receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from core.context import Context
from core.messages import Message, messages_of
from core.notices import MailPace, NoticeKind
from domain.notifications.models import Notice
from domain.notifications.types import Choice

N_ = messages_of("notifications")

MOST_COUNTED = 99
# Translators: When an email follows a notification.
PACES: tuple[tuple[MailPace, Message], ...] = (
    ("never", N_("Never")),
    ("unread", N_("If unread after 10 minutes")),
    ("at_once", N_("At once")),
)
# Translators: The heading above the notifications of a day.
TODAY, YESTERDAY = N_("Today"), N_("Yesterday")
UNKNOWN_ICON = "bell"
ICON_OF_TONE = {"success": "done", "warning": "warning", "danger": "danger"}
"""A tone is never told by its colour alone."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notification: ``title`` says what it is about, ``words`` how it stands, ``href`` where it leads."""

    id: UUID
    title: Message
    words: Message | None
    icon: str
    tone: str
    href: str
    created_at: datetime
    is_unread: bool
    is_announced: bool

    @classmethod
    def of(cls, notice: Notice, kinds: Mapping[str, NoticeKind]) -> NoticeRow:
        """Return the row of a notification."""
        kind = kinds.get(notice.kind)
        return cls(
            id=notice.id,
            title=notice.title,
            words=notice.words,
            icon=ICON_OF_TONE.get(notice.tone) or (kind.icon if kind else UNKNOWN_ICON),
            tone=notice.tone,
            href=notice.href,
            created_at=notice.created_at,
            is_unread=notice.read_at is None,
            is_announced=kind.announced if kind else True,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """The notifications of one day of the reader; ``name`` for the last two days alone."""

    day: date
    name: Message | None
    rows: tuple[NoticeRow, ...]


@dataclass(frozen=True, slots=True)
class NoticeListPage:
    """The notifications of the reader, newest first; ``older_than`` is where the next page begins."""

    days: tuple[Day, ...]
    has_unread: bool
    newest: UUID | None
    older_than: UUID | None
    list_path: str


@dataclass(frozen=True, slots=True)
class Bell:
    """How many are unread, up to what the bell shows.

    ``is_over`` when there are more. ``newest`` is the newest of all; ``says`` is it where nothing else says it.
    """

    unread: int
    is_over: bool
    newest: UUID | None
    says: NoticeRow | None


@dataclass(frozen=True, slots=True)
class RecentNotices:
    """The newest few, in the panel of the bell."""

    rows: tuple[NoticeRow, ...]
    has_unread: bool
    newest: UUID | None


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One kind, and what the reader wants of it."""

    kind: NoticeKind
    choice: Choice


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """What the reader wants to be told, and how."""

    rows: tuple[ChoiceRow, ...]
    paces: tuple[tuple[MailPace, Message], ...]
    email: str
    was_saved: bool


def days_of(rows: Sequence[NoticeRow], ctx: Context, now: datetime | None = None) -> tuple[Day, ...]:
    """Group rows, newest first, by the days of the reader's time zone."""
    zone = ZoneInfo(ctx.timezone)
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    names = {today: TODAY, today - timedelta(days=1): YESTERDAY}
    grouped = groupby(rows, key=lambda row: row.created_at.astimezone(zone).date())
    return tuple(Day(day, names.get(day), tuple(group)) for day, group in grouped)
