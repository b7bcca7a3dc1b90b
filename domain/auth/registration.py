"""What may happen to an account before it is open, each within the caller's transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.identity import preferred_locale
from core.live.events import event
from core.live.fact import only
from domain.auth.errors import link_invalid
from domain.auth.models import Account, Verification
from domain.auth.repository import ACTIVE, PENDING, AccountRepository
from domain.auth.sealing import token_hash
from domain.auth.types import LINK_LIFETIME

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import UnitOfWork
    from domain.auth.types import Application

ACTIVATED = event("auth:activated", "A person's address is confirmed: the page that waits for it goes on.")


async def create_pending(uow: UnitOfWork, account_id: UUID, application: Application, locale: str) -> None:
    """Create an account that cannot sign in yet. Its address may have others: only a verified one is taken."""
    account = Account(
        id=account_id,
        email=application.email,
        name=application.name,
        password_hash=application.password_hash,
        state=PENDING,
        locale=locale,
    )
    AccountRepository(uow.session).add(account)
    await uow.audit("account.requested", f"account:{account_id}")


async def remove_pending(uow: UnitOfWork, account_id: UUID) -> None:
    """Remove an account that was never activated, and its link with it. Repeatable."""
    await AccountRepository(uow.session).remove_pending(account_id)


async def pending(uow: UnitOfWork, account_id: UUID) -> Account:
    """Return an account whose registration goes on; raises NotFoundError when it is over."""
    account = await AccountRepository(uow.session).get(account_id)
    if account is None or account.state != PENDING:
        raise link_invalid()
    return account


async def is_taken(uow: UnitOfWork, email: str) -> bool:
    """Whether somebody has verified this address already."""
    return await AccountRepository(uow.session).active_by_email(email) is not None


async def owner_locale(uow: UnitOfWork, email: str) -> str | None:
    """Return the language of the account that has verified this address; None if there is none."""
    owner = await AccountRepository(uow.session).active_by_email(email)
    return await preferred_locale(uow.session, owner.id, owner.locale) if owner else None


async def issue_link(uow: UnitOfWork, account: Account, token: str) -> None:
    """Let ``token`` confirm the account until the registration expires. Repeatable."""
    link = Verification(
        token_hash=token_hash(token), account_id=account.id, expires_at=account.created_at + LINK_LIFETIME
    )
    await AccountRepository(uow.session).save_link(link)


async def account_of_link(uow: UnitOfWork, token: str) -> Account:
    """Return the account that a link confirms; raises NotFoundError for an unknown, used or expired one."""
    account = await AccountRepository(uow.session).account_of_link(token_hash(token))
    if account is None:
        raise link_invalid()
    return account


async def activate(uow: UnitOfWork, account_id: UUID) -> bool:
    """Open the account; False when its address has been verified for another one in the meantime. Repeatable."""
    accounts = AccountRepository(uow.session)
    account = await accounts.get(account_id)
    if account is None:
        raise link_invalid()
    if account.state == ACTIVE:
        return True
    await accounts.lock_address(account.email)
    if await accounts.active_by_email(account.email):
        return False
    account.state = ACTIVE
    account.activated_at = datetime.now(UTC)
    await accounts.remove_links(account_id)
    await uow.audit("account.activated", f"account:{account_id}")
    return True


def announce(uow: UnitOfWork, account_id: UUID) -> None:
    """Tell the person's own open pages that the account is open."""
    uow.publish(ACTIVATED, str(account_id), audience=only(account_id))
