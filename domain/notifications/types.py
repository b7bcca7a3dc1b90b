"""What crosses between the layers of notifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID  # noqa: TC003  # the payload converter reads the fields' types

UNREAD_FOR = timedelta(minutes=10)
"""How long a mail of the pace "unread" waits for the notifications to be read in the product."""

READ_KEPT = timedelta(days=90)
"""How long notifications are kept after they were read."""

UNREAD_KEPT = timedelta(days=365)
"""How long notifications are kept that nobody reads."""

MOST_IN_MAIL = 10
"""How many are listed in one mail; the rest is counted."""

Pace = Literal["unread", "at_once"]


@dataclass(frozen=True)
class Choice:
    """What one person wants of one kind."""

    in_product: bool
    mail: Literal["never", "unread", "at_once"]


@dataclass(frozen=True)
class MailInput:
    """One mail to one person: everything of one pace that they are told until it goes out."""

    tenant_id: UUID
    actor_id: UUID
    mailing_id: UUID
    user_id: UUID
    pace: Pace


@dataclass(frozen=True)
class MailResult:
    """How a mail ended."""

    outcome: Literal["sent", "read", "unreachable"]


@dataclass(frozen=True)
class Collected:
    """The mails whose workflows are to be started."""

    mails: tuple[MailInput, ...] = ()


@dataclass(frozen=True)
class TidyNoticesInput:
    """A sweep over all tenants. Its own is the platform's, since it is nobody's run."""

    tenant_id: UUID
    actor_id: UUID


@dataclass(frozen=True)
class NoticesSwept:
    """How many notifications a sweep removed."""

    removed: int = 0


@dataclass(frozen=True)
class TidyNoticesResult:
    """How a sweep ended."""

    outcome: Literal["tidied"]
    swept: NoticesSwept = NoticesSwept()
