"""What an entry of the audit trail says: who acted, for which feature, of what; and what it keeps to itself."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import pytest
import structlog

from core.audit import verify
from core.context import SYSTEM_ACTOR_ID
from core.identity import Sessions
from core.ids import new_id
from core.keys import care
from core.keys.errors import ErasedError
from core.keys.sealed import Place
from tests.security.test_audit import read

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import Database
    from core.keys.ring import KeyRing
    from tests.support.tenant_fixtures import TwoTenants

pytestmark = pytest.mark.security


@pytest.fixture
def tenant_id() -> UUID:
    return new_id()


async def test_names_are_sealed_for_who_acted_and_go_with_their_key(
    db: Database, ring: KeyRing, owner_connection: asyncpg.Connection
) -> None:
    tenant_id, actor_id, name = new_id(), new_id(), "Gehälter 2026.pdf"
    async with db.unit_of_work(tenant_id, "files", actor_id=actor_id) as uow:
        await uow.audit("files.trashed", "file:1", sealed={"name": name})
    query = "select *, a::text as whole from platform.audit a where tenant_id = $1"
    row = await owner_connection.fetchrow(query, tenant_id)
    assert name not in row["whole"]
    assert name.encode() not in row["sealed"]
    place = Place("platform.audit.sealed", tenant_id, str(row["id"]), actor_id)
    assert json.loads(await ring.open(row["sealed"], place)) == {"name": name}
    await care.shred_person(db, ring, tenant_id, actor_id)
    with pytest.raises(ErasedError):
        await ring.open(row["sealed"], place)
    async with db.unit_of_work(tenant_id, "files", actor_id=actor_id) as uow:
        await uow.audit("files.restored", "file:1", sealed={"name": name})
    entries, head = await read(db, tenant_id)
    assert verify(tenant_id, entries, head) == []
    assert (entries[-1].action, entries[-1].sealed, entries[-1].sealed_for) == ("files.restored", None, None)


async def test_who_acts_is_the_transactions_to_say(db: Database, two_tenants: TwoTenants) -> None:
    session_id = new_id()
    ctx = replace(two_tenants.acme.context("member"), session_id=session_id)
    with structlog.contextvars.bound_contextvars(run=str(session_id), step="index", reference="r-1"):
        async with db.unit_of_work(ctx, "files") as uow:
            await uow.audit("files.trashed", "file:1")
    async with db.unit_of_work(ctx.tenant_id, "files", actor_id=SYSTEM_ACTOR_ID) as uow:
        await uow.audit("files.erased", "file:1")
    async with db.unit_of_work(ctx.tenant_id, "auth") as uow:
        await uow.audit("session.refused", "account:unknown", outcome="refused", reason="credentials")
    person, platform, stranger = (await read(db, ctx.tenant_id))[0]
    assert (person.feature, person.actor_kind, person.actor_id) == ("files", "person", ctx.actor_id)
    assert (person.session_id, person.run_id) == (session_id, session_id)
    assert (person.step, person.request_id) == ("index", "r-1")
    assert (platform.actor_kind, platform.actor_id, platform.run_id) == ("platform", SYSTEM_ACTOR_ID, None)
    assert (stranger.feature, stranger.actor_kind) == ("auth", "anonymous")
    assert (stranger.outcome, stranger.reason) == ("refused", "credentials")


@pytest.mark.parametrize("action", ["session.opened", "key.shredded", "run.done", "tenant.changed"])
async def test_a_feature_cannot_say_what_is_not_its_own(db: Database, tenant_id: UUID, action: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"files may not say {action}"):
        async with db.unit_of_work(tenant_id, "files") as uow:
            await uow.audit(action, "account:1")


async def test_an_action_that_nobody_declared_is_refused(db: Database, tenant_id: UUID) -> None:
    for action, subject in (("files.tried", "file:1"), ("files.trashed", "1"), ("files.trashed", ":1")):
        with pytest.raises(ValueError, match="table of actions"):
            async with db.unit_of_work(tenant_id, "files") as uow:
                await uow.audit(action, subject)


async def test_an_entry_of_the_version_before_still_holds(
    db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID
) -> None:
    """As that version has written it: a person as the caller said, and a hash over less."""
    async with db.unit_of_work(tenant_id, "files") as uow:
        await uow.audit("files.trashed", "file:1")
    await owner_connection.execute(
        """
        with head as (select * from platform.audit_heads where tenant_id = $1), entry as (
            insert into platform.audit (tenant_id, seq, at, action, subject, detail, hash)
            select $1, seq + 1, now(), 'files.trashed', 'file:1', '{"a": 1}',
                sha256(hash || convert_to(jsonb_build_array(
                    $1::uuid, seq + 1, extract(epoch from now())::text, null, 'files.trashed', 'file:1',
                    '{"a": 1}'::jsonb
                )::text, 'UTF8'))
            from head returning seq, hash
        ) update platform.audit_heads h set seq = entry.seq, hash = entry.hash from entry where h.tenant_id = $1
        """,
        tenant_id,
    )
    entries, head = await read(db, tenant_id)
    assert entries[-1].format == 1
    assert verify(tenant_id, entries, head) == []


async def test_entering_a_workspace_is_in_its_own_chain(db: Database, two_tenants: TwoTenants, ring: KeyRing) -> None:
    acme, address = two_tenants.acme, "198.51.100.7"
    person = acme.people["member"]
    await Sessions(db).open(tenant_id=acme.id, person=person, level="full", user_agent="Browser/1", address=address)
    (entry,), head = await read(db, acme.id)
    assert verify(acme.id, [entry], head) == []
    assert (entry.action, entry.actor_id) == ("session.entered", person.id)
    assert entry.subject == f"session:{entry.session_id}"
    assert entry.sealed is not None
    place = Place("platform.audit.sealed", acme.id, str(entry.id), person.id)
    assert json.loads(await ring.open(entry.sealed, place)) == {"address": address, "user_agent": "Browser/1"}
    assert (await read(db, two_tenants.globex.id))[0] == []
