"""Who is at work while things break: a deployment, people with workspaces, and a ledger of what they were promised."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg
import psycopg

from core.db import Database
from tests.factories.files import photo
from tests.support.caller import caller_of
from tests.support.deployment import Deployment
from tests.support.people import new_owner, sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from tests.support.caller import Caller, Reply
    from tests.support.stack import Servers

ACCEPTED = 303
CONTENT = photo()
OPEN = "select count(*) from platform.runs where actor_id = any($1::uuid[]) and ended_at is null"
NOT_DONE = "select contract, state from platform.runs where actor_id = any($1::uuid[]) and state <> 'done'"
FILES = """
    select count(*), count(*) filter (where f.state = 'ready' and f.charge = 'used' and 2 = (
        select count(*) from files.renditions r where r.tenant_id = f.tenant_id and r.file_id = f.id))
    from files.files f where f.tenant_id = $1
"""
SPACE = "select used, reserved from files.usage where tenant_id = $1"
TENANTS = """
    select t.slug,
        (select count(*) from tenants.slugs s where s.tenant_id = t.id) = 1
        and (select count(*) from tenants.memberships m where m.tenant_id = t.id) = 1
        and (select count(*) from platform.audit u where u.tenant_id = t.id and u.action = 'tenant.created') = 1
        as whole
    from platform.tenants t where t.slug = any($1::text[]) and t.state = 'active'
"""


@dataclass
class Person:
    """Somebody at work, with what the product has accepted from them."""

    caller: Caller
    files: int = 0
    slugs: list[str] = field(default_factory=list)
    refused: int = 0

    @property
    def id(self) -> UUID:
        """The account."""
        return self.caller.owner.person.id

    async def upload(self) -> Reply:
        """Upload a photo."""
        reply = await self.caller.upload(f"coast-{self.files + self.refused}.jpg", CONTENT)
        if reply.status == ACCEPTED:
            self.files += 1
        else:
            self.refused += 1
        return reply

    async def found(self, slug: str) -> Reply:
        """Ask for one more workspace."""
        reply = await self.caller.post("/tenants", {"name": "Pier", "slug": slug}, home=True)
        if reply.status == ACCEPTED:
            self.slugs.append(slug)
        else:
            self.refused += 1
        return reply


@dataclass(frozen=True)
class Ledger:
    """What was promised against what is there."""

    promised: int
    done: int
    doubled: int
    unfinished: list[str]

    @property
    def is_kept(self) -> bool:
        """Whether everything was done, and once."""
        return self.promised == self.done and not self.doubled and not self.unfinished

    def __str__(self) -> str:
        told = f"{self.promised} promised, {self.done} done, {self.doubled} doubled, {len(self.unfinished)} stuck"
        return told + (f": {', '.join(sorted(set(self.unfinished)))}" if self.unfinished else "")


class Scene:
    """A deployment and whoever works in it."""

    def __init__(self, deployment: Deployment, db: Database, tables: asyncpg.Connection) -> None:
        self.deployment = deployment
        self._db = db
        self._tables = tables

    def connect(self) -> psycopg.Connection:
        """Connect to the tables as superuser."""
        return psycopg.connect(self.deployment.superuser_url, autocommit=True)

    async def session_of(self, person: Person) -> tuple[str, str]:
        """The host of a person's workspace, and a token of a session there."""
        owner = person.caller.owner
        return f"{owner.slug}.{self.deployment.host}", await sign_in(self._db, owner)

    async def people(self, count: int) -> list[Person]:
        """New people, each with a workspace of their own, the proofs of their forms in hand."""
        owners = [await new_owner(self.deployment, self._db) for _ in range(count)]
        callers = [await caller_of(self.deployment, self._db, owner) for owner in owners]
        for caller in callers:
            await caller.prepare()
        return [Person(caller) for caller in callers]

    async def is_idle(self, people: list[Person]) -> bool:
        """Whether none of their runs is open any more."""
        return bool(await self._tables.fetchval(OPEN, [person.id for person in people]) == 0)

    async def ledger(self, people: list[Person]) -> Ledger:
        """Compare what was accepted with rows, space, objects and mails."""
        done = doubled = 0
        for person in people:
            there, whole = await self._tables.fetchrow(FILES, person.caller.owner.tenant.id)
            used, reserved = await self._tables.fetchrow(SPACE, person.caller.owner.tenant.id) or (0, 0)
            settled = used == len(CONTENT) * person.files and not reserved
            done += whole if settled and self._objects(person) == 3 * person.files else 0
            doubled += max(0, there - person.files)
            found = await self._tables.fetch(TENANTS, person.slugs)
            mails = [mail.text for mail in self.deployment.mailbox.to(person.caller.owner.person.email)]
            welcomed = {slug: sum(slug in text for text in mails) for slug in person.slugs}
            done += sum(row["whole"] and welcomed[row["slug"]] == 1 for row in found)
            doubled += sum(max(0, count - 1) for count in welcomed.values())
        unfinished = await self._tables.fetch(NOT_DONE, [person.id for person in people])
        promised = sum(person.files + len(person.slugs) for person in people)
        return Ledger(promised, done, doubled, [f"{row['contract']} {row['state']}" for row in unfinished])

    def _objects(self, person: Person) -> int:
        folder = self.deployment.storage_dir / "tenants" / str(person.caller.owner.tenant.id) / "files"
        return sum(path.is_file() for path in folder.rglob("*"))


@asynccontextmanager
async def scene(servers: Servers) -> AsyncIterator[Scene]:
    """A deployment of its own, ended afterwards."""
    deployment = Deployment(servers, 0)
    try:
        await deployment.start()
        db = await Database.connect(deployment.settings())
        tables = await asyncpg.connect(deployment.superuser_url)
        yield Scene(deployment, db, tables)
        await tables.close()
        await db.close()
    finally:
        await asyncio.to_thread(deployment.stop)
