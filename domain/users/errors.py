"""The refusals of users."""

from __future__ import annotations

from core.errors import InvalidError
from core.messages import messages_of

N_ = messages_of("users")


def not_offered() -> InvalidError:
    """A language, a time zone, a colour scheme or a theme that there is not."""
    return InvalidError(
        N_("That is not one of the choices. Nothing was changed: choose from the list."), code="not_offered"
    )
