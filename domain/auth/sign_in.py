"""Signing in with address and password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.context import Person
from domain.auth.errors import wrong_credentials
from domain.auth.passwords import Asker
from domain.auth.repository import AccountRepository

if TYPE_CHECKING:
    from core.context import Context
    from core.db import Database
    from domain.auth.known_browsers import KnownBrowser
    from domain.auth.models import Account
    from domain.auth.passwords import Passwords, Verdict

UNKNOWN = "account:unknown"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Checks credentials that came from ``network``, a part of it, and from a browser that may be ``known``.

    No transaction is held while the password is hashed, which takes a tenth of a second.
    """

    db: Database
    passwords: Passwords
    network: str
    known: KnownBrowser | None = None

    async def person(self, ctx: Context, email: str, password: str) -> Person:
        """Return the person with this normalised address and password; raises InvalidError.

        Known and unknown addresses take the same steps: one read, one hash with the same parameters, one write.
        """
        async with self.db.unit_of_work(ctx, "auth") as uow:
            account = await AccountRepository(uow.session).active_by_email(email)
        verdict = await self.passwords.check(account.password_hash if account else None, password, self._asker(account))
        if account is None or not verdict.fits:
            await self._note_refusal(ctx, account)
            raise wrong_credentials()
        await self._note_success(ctx, account, verdict, password)
        return Person(account.id, account.name, account.email)

    def _asker(self, account: Account | None) -> Asker:
        """Return who asks. What marks a browser for another account, of the same address before, counts for nothing."""
        if account is not None and self.known is not None and self.known.account_id == account.id:
            return Asker(self.network, account.id)
        return Asker(self.network)

    async def _note_refusal(self, ctx: Context, account: Account | None) -> None:
        async with self.db.unit_of_work(ctx, "auth") as uow:
            subject = f"account:{account.id}" if account else UNKNOWN
            await uow.audit("session.refused", subject, outcome="refused", reason="credentials")

    async def _note_success(self, ctx: Context, account: Account, verdict: Verdict, password: str) -> None:
        new_hash = await self.passwords.hash(password) if verdict.stale else None
        async with self.db.unit_of_work(ctx, "auth") as uow:
            uow.actor_id = account.id
            if new_hash:
                await AccountRepository(uow.session).replace_hash(account.id, new_hash)
            await uow.audit("session.opened", f"account:{account.id}")
