"""What can go wrong for a reason that a person can act on: one class a kind, mapped to a status in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from core.messages import Message

Kind = Literal[
    "not_found", "conflict", "refused", "invalid", "quota", "unavailable", "too_many", "too_large", "unsupported"
]


class DomainError(Exception):
    """A refusal. ``message`` says what happened, what was kept and what to do next.

    ``code`` names the case within its feature (``"slug_taken"``); contracts map it to a cause and a remedy.
    ``field`` names the form field it belongs to; ``retry_after`` is in seconds.
    """

    kind: ClassVar[Kind]

    def __init__(
        self, message: Message, *, code: str | None = None, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message.text)
        self.message = message
        self.code = code or self.kind
        self.field = field
        self.retry_after = retry_after


class NotFoundError(DomainError):
    """It is not there, or it is not yours: the two are never told apart."""

    kind = "not_found"


class ConflictError(DomainError):
    """It clashes with what is there already."""

    kind = "conflict"


class RefusedError(DomainError):
    """This person may not do this."""

    kind = "refused"


class InvalidError(DomainError):
    """The input cannot be used as it is."""

    kind = "invalid"


class QuotaError(DomainError):
    """It would pass a limit of the tenant's plan."""

    kind = "quota"


class UnavailableError(DomainError):
    """Something that this needs is down for now; trying again later can work."""

    kind = "unavailable"


class TooManyError(DomainError):
    """Asked too often; ``retry_after`` says when to come back."""

    kind = "too_many"


class TooLargeError(DomainError):
    """More bytes than are taken in one go."""

    kind = "too_large"


class UnsupportedError(DomainError):
    """A kind of content that is not taken."""

    kind = "unsupported"
