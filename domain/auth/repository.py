"""All queries on accounts and their links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from domain.auth.models import Account, Verification

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

ACTIVE = "active"
PENDING = "pending"

LOCK_ADDRESS = text("select pg_advisory_xact_lock(hashtextextended(:email, 0))")


class AccountRepository:
    """Accounts and verifications, within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def active_by_email(self, email: str) -> Account | None:
        """Return the account that signs in with a normalised address."""
        query = select(Account).where(Account.email == email, Account.state == ACTIVE)
        return (await self._session.scalars(query)).one_or_none()

    async def get(self, account_id: UUID) -> Account | None:
        """Return an account in any state."""
        return await self._session.get(Account, account_id)

    def add(self, account: Account) -> None:
        """Add a new account."""
        self._session.add(account)

    async def remove_pending(self, account_id: UUID) -> None:
        """Delete an account that was never activated, and its links with it."""
        await self._session.execute(delete(Account).where(Account.id == account_id, Account.state == PENDING))

    async def lock_address(self, email: str) -> None:
        """Make whoever activates the same address at the same time wait for this transaction."""
        await self._session.execute(LOCK_ADDRESS, {"email": email})

    async def save_link(self, link: Verification) -> None:
        """Remember the link of a mail; sending it again keeps its first end."""
        values = {
            "token_hash": link.token_hash,
            "account_id": link.account_id,
            "expires_at": link.expires_at,
        }
        await self._session.execute(insert(Verification).values(values).on_conflict_do_nothing())

    async def account_of_link(self, token_hash: bytes) -> Account | None:
        """Return the pending account that an unexpired link confirms."""
        query = (
            select(Account)
            .join(Verification, Account.id == Verification.account_id)
            .where(Verification.token_hash == token_hash, Verification.expires_at > func.now())
            .where(Account.state == PENDING)
        )
        return (await self._session.scalars(query)).one_or_none()

    async def remove_links(self, account_id: UUID) -> None:
        """Forget the links of an account."""
        await self._session.execute(delete(Verification).where(Verification.account_id == account_id))

    async def replace_hash(self, account_id: UUID, password_hash: str) -> None:
        """Store the password's hash with today's parameters."""
        await self._session.execute(update(Account).where(Account.id == account_id).values(password_hash=password_hash))
