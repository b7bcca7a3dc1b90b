"""The product in one process, its pages and its workers; for a conftest to import."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from core.context import HOME_TENANT_ID, Person
from core.identity import Sessions
from core.ids import new_id
from domain.auth import registration
from domain.auth.passwords import passwords
from domain.auth.types import Application
from tests.support.visitor import USER_AGENT, Visitor
from tests.support.workbench import Workbench, workbench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    import asyncpg
    from temporalio.client import Client

    from core.settings import Settings
    from entrypoints.web import Application as WebProcess
    from tests.support.mails import Mailbox

PASSWORD = "lantern orchard violet"

_numbers = itertools.count(1)
_hashes: list[str] = []


async def _password_hash() -> str:
    if not _hashes:
        _hashes.append(await passwords().hash(PASSWORD))
    return _hashes[0]


@dataclass
class Product:
    """Pages, workers, and a look behind them."""

    application: WebProcess
    bench: Workbench

    @property
    def base(self) -> str:
        return self.bench.settings.base_url

    def visitor(self, *, language: str = "en") -> Visitor:
        """A new browser at a network address that nobody had before."""
        number = next(_numbers)
        return Visitor(self.application, self.base, f"198.18.{number // 250}.{number % 250 + 1}", language=language)

    async def registered(self, email: str, *, name: str = "Ada Lovelace") -> Visitor:
        """A browser whose registration waits for the click."""
        visitor = self.visitor()
        await visitor.get("/register")
        answer = await visitor.post("/register", {"name": name, "email": email, "password": PASSWORD})
        assert answer.status == 303, answer.text
        return visitor

    async def signed_up(self, email: str, *, name: str = "Ada Lovelace") -> Visitor:
        """A browser that has registered, confirmed and is in."""
        visitor = await self.registered(email, name=name)
        link = await self.link_for(email)
        await visitor.get(link)
        answer = await visitor.post(link)
        assert answer.location == "/tenants/new"
        return visitor

    async def with_account(self, email: str, *, name: str = "Ada Lovelace") -> Visitor:
        """A browser that is in, with an account that came about without mails: for tests of what comes after."""
        person = Person(new_id(), name, email)
        async with self.bench.db.unit_of_work(HOME_TENANT_ID, "auth", actor_id=person.id) as uow:
            application = Application(name, email, await _password_hash())
            await registration.create_pending(uow, person.id, application, "en")
            await uow.session.flush()
            await registration.activate(uow, person.id)
        visitor = self.visitor()
        await self.let_in(visitor, HOME_TENANT_ID, person, urlsplit(self.base).netloc)
        return visitor

    async def let_in(self, visitor: Visitor, tenant_id: UUID, person: Person, host: str) -> None:
        """Give a browser a session on a host."""
        token = await Sessions(self.bench.db).open(
            tenant_id=tenant_id, person=person, level="full", user_agent=USER_AGENT, address=visitor.address
        )
        visitor.cookies[host] = {"__Host-adx_session": token}

    async def link_for(self, email: str, *, subject: str = "Confirm") -> str:
        """The link in the newest mail."""
        mail = await self.bench.mailbox.wait_for(email, subject=subject)
        found = re.search(r"http://\S+/verify/\S+", mail.text)
        assert found is not None, mail.text
        return found[0]

    async def account(self, email: str) -> asyncpg.Record:
        """The newest account of an address."""
        return await self.bench.owner.fetchrow(
            "select * from auth.accounts where email = $1 order by created_at desc limit 1", email
        )

    async def audited(self, account_id: object) -> list[str]:
        """What the audit trail says of an account, oldest first."""
        rows = await self.bench.owner.fetch(
            "select action from platform.audit where subject = $1 order by seq", f"account:{account_id}"
        )
        return [row["action"] for row in rows]


@pytest.fixture(scope="module")
async def product(
    application: WebProcess,
    settings: Settings,
    temporal_client: Client,
    owner_connection: asyncpg.Connection,
    mailbox: Mailbox,
) -> AsyncIterator[Product]:
    """Web and the workers of this module's tests; these end with it, so that other modules can put theirs in place."""
    features = ("auth", "tenants", "runs")
    async with workbench(settings, temporal_client, features, owner_connection, mailbox) as bench:
        yield Product(application, bench)
