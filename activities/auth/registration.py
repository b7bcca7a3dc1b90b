"""The side effects of a registration."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from temporalio import activity

from core.context import HOME_TENANT_ID
from core.runs.effects import begin, effect_key, finish
from domain.auth import mails, registration
from domain.auth.types import AccountRef, Activated, LinkMail, NewAccount

if TYPE_CHECKING:
    from core.db import Database, UnitOfWork
    from core.identity import Sessions
    from core.mail import Mail, Mailer
    from domain.auth.models import Account
    from domain.auth.sealing import Sealer

CREATED = "create_account"


class RegistrationActivities:
    """Steps of ``auth.register``, and their undos."""

    def __init__(self, db: Database, mailer: Mailer, sessions: Sessions, sealer: Sealer, base_url: str) -> None:
        self._db = db
        self._mailer = mailer
        self._sessions = sessions
        self._sealer = sealer
        self._base_url = base_url

    @activity.defn(name="auth.create_account")
    async def create_account(self, new: NewAccount) -> None:
        """Create the pending account."""
        application = self._sealer.unseal(new.application, new.account_id)
        async with self._work(new.account_id) as uow:
            if await uow.once(effect_key(CREATED)):
                await registration.create_pending(uow, new.account_id, application, new.locale)

    @activity.defn(name="auth.remove_account")
    async def remove_account(self, new: NewAccount) -> None:
        """Undo ``create_account``: the account goes, and the link in the mail with it."""
        async with self._work(new.account_id) as uow:
            await registration.remove_pending(uow, new.account_id)
            await uow.forget(effect_key(CREATED))

    @activity.defn(name="auth.send_link")
    async def send_link(self, wanted: LinkMail) -> None:
        """Send the link, or tell the owner of an address that it has an account already."""
        key = effect_key(f"send_link:{wanted.number}")
        async with self._work(wanted.account_id) as uow:
            account = await registration.pending(uow, wanted.account_id)
            mail = await self._link_mail(uow, account, key) if await begin(uow, key) else None
        if mail:
            await finish(partial(self._work, wanted.account_id), key, self._mailer.send(mail))

    @activity.defn(name="auth.remind")
    async def remind(self, wanted: LinkMail) -> None:
        """Remind of the link, or tell the owner of an address again: to whoever waits, both are one mail."""
        key = effect_key("remind")
        async with self._work(wanted.account_id) as uow:
            account = await registration.pending(uow, wanted.account_id)
            mail = await self._reminder(uow, account, key) if await begin(uow, key) else None
        if mail:
            await finish(partial(self._work, wanted.account_id), key, self._mailer.send(mail))

    @activity.defn(name="auth.activate")
    async def activate(self, account: AccountRef) -> Activated:
        """Open the account and let the browsers that wait for it in."""
        async with self._work(account.account_id) as uow:
            active = await registration.activate(uow, account.account_id)
        if active:
            await self._sessions.raise_pending(account.account_id)
            await self._announce(account.account_id)
        return Activated(active)

    @activity.defn(name="auth.expire")
    async def expire(self, account: AccountRef) -> None:
        """Remove the account that was not confirmed in time."""
        async with self._work(account.account_id) as uow:
            await registration.remove_pending(uow, account.account_id)
            await uow.audit("account.expired", f"account:{account.account_id}")

    async def _link_mail(self, uow: UnitOfWork, account: Account, key: str) -> Mail:
        if mail := await self._owners_mail(uow, account, key):
            return mail
        await registration.issue_link(uow, account, self._sealer.link_token(account.id))
        return mails.confirmation(account, key=key, url=self._link(account))

    async def _reminder(self, uow: UnitOfWork, account: Account, key: str) -> Mail:
        mail = await self._owners_mail(uow, account, key)
        return mail or mails.reminder(account, key=key, url=self._link(account))

    async def _owners_mail(self, uow: UnitOfWork, account: Account, key: str) -> Mail | None:
        """Return the mail to whoever has verified the address; None when nobody has."""
        locale = await registration.owner_locale(uow, account.email)
        return mails.account_exists(account, key=key, url=f"{self._base_url}/login", locale=locale) if locale else None

    async def _announce(self, account_id: UUID) -> None:
        async with self._work(account_id) as uow:
            registration.announce(uow, account_id)

    def _link(self, account: Account) -> str:
        return f"{self._base_url}/verify/{self._sealer.link_token(account.id)}"

    def _work(self, account_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._db.unit_of_work(HOME_TENANT_ID, "auth", actor_id=account_id)
