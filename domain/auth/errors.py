"""The refusals of auth. None of them tells whether an address has an account."""

from __future__ import annotations

from core.errors import InvalidError, NotFoundError, TooManyError, UnavailableError
from core.messages import messages_of

N_ = messages_of("auth")


def wrong_credentials() -> InvalidError:
    """Unknown address, wrong password, or an address that is not confirmed: never told apart."""
    return InvalidError(
        N_("That email and password don’t match, or the address isn’t confirmed yet."),
        code="wrong_credentials",
        field="password",
    )


def wrong_password() -> InvalidError:
    """The password of a registration that is confirmed from another browser is wrong."""
    return InvalidError(
        N_("This is not the password you chose when you created your account."), code="wrong_password", field="password"
    )


def link_invalid() -> NotFoundError:
    """Unknown, used or expired: never told apart."""
    return NotFoundError(
        N_("This link has been used or has expired. If your account isn’t active yet, create it again."),
        code="link_invalid",
    )


def no_such_session() -> NotFoundError:
    """Not there, or not yours."""
    return NotFoundError(N_("This session is no longer here. It may have been closed already."))


def busy() -> UnavailableError:
    """More passwords are waiting to be checked than can be in reasonable time."""
    return UnavailableError(N_("Too many people are logging in right now. Try again in a moment."), retry_after=5)


def too_many_at_once() -> TooManyError:
    """More passwords of one sender are waiting to be checked than one may have waiting."""
    return TooManyError(
        N_("Too many people are logging in from your network right now. Try again in a moment."), retry_after=2
    )
