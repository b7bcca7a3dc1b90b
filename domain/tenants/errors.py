"""The refusals of tenants."""

from __future__ import annotations

from core.errors import ConflictError, NotFoundError
from core.messages import messages_of

N_ = messages_of("tenants")


class SlugTakenError(ConflictError):
    """Another tenant has the address; ``suggestion`` is one that is free."""

    def __init__(self, slug: str, suggestion: str | None = None) -> None:
        message = (
            N_("The address {slug} is taken. {suggestion} is free.", slug=slug, suggestion=suggestion)
            if suggestion
            else N_("The address {slug} is taken. Choose another one.", slug=slug)
        )
        super().__init__(message, code="slug_taken", field="slug")
        self.suggestion = suggestion


def no_such_tenant() -> NotFoundError:
    """Not there, not ready, or not yours: never told apart."""
    return NotFoundError(N_("This workspace is not here, or you are not a member of it."))


def tenant_gone() -> NotFoundError:
    """What an earlier step of its provisioning wrote is not there."""
    return NotFoundError(N_("What was built of this workspace is no longer there."), code="tenant_gone")


def code_used() -> NotFoundError:
    """The one-time code of the way from the base host is unknown, used or too old."""
    return NotFoundError(N_("This link has been used or has expired. Choose the workspace again."), code="code_used")
