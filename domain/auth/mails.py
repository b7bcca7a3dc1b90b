"""The mails of auth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.mail import Mail
from core.messages import messages_of

if TYPE_CHECKING:
    from domain.auth.models import Account

N_ = messages_of("auth")


def confirmation(account: Account, *, key: str, url: str) -> Mail:
    """Return the mail with the link that confirms the address."""
    return Mail(
        key=key,
        to_name=account.name,
        to_address=account.email,
        subject=N_("Confirm your address"),
        template="auth/confirmation",
        locale=account.locale,
        params={"name": account.name, "url": url},
    )


def reminder(account: Account, *, key: str, url: str) -> Mail:
    """Return the mail that reminds of the link while it is still good."""
    return Mail(
        key=key,
        to_name=account.name,
        to_address=account.email,
        subject=N_("Your account is still waiting for you"),
        template="auth/reminder",
        locale=account.locale,
        params={"name": account.name, "url": url},
    )


def account_exists(account: Account, *, key: str, url: str, locale: str) -> Mail:
    """Return the mail for an address that has an account already: its owner learns it, whoever typed it does not.

    ``locale`` is the owner's language, not that of whoever typed it.
    """
    return Mail(
        key=key,
        to_name="",
        to_address=account.email,
        subject=N_("You already have an account"),
        template="auth/account_exists",
        locale=locale,
        params={"url": url},
    )
