"""The refusals of notifications."""

from __future__ import annotations

from core.errors import InvalidError, NotFoundError
from core.messages import messages_of

N_ = messages_of("notifications")


def no_such_notice() -> NotFoundError:
    """It is not there, or somebody else's."""
    return NotFoundError(N_("This notification is not here. It may have been deleted."))


def no_such_choice() -> InvalidError:
    """The form holds something that its page does not offer."""
    return InvalidError(N_("Choose one of the options of the page. Nothing was changed."), code="no_such_choice")
