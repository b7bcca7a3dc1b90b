"""The audit trail holds, and shows every trace of somebody who rewrote it, even with all rights."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.audit import Breach, Entry, Head, chain_of, hash_of, verify
from core.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.db import Database

pytestmark = pytest.mark.security

ENTRIES = 6


@pytest.fixture
async def tenant_id(db: Database) -> UUID:
    """A tenant with a few entries, among them texts that are hard to print the same way twice."""
    tenant_id, actor_id = new_id(), new_id()
    details: list[dict[str, Any]] = [
        {},
        {"name": 'Grüße "an" \\ alle\n\t\x1f\x7f 漢字 🎉'},
        {"size": 1.50, "big": 10**18, "small": 1e-7},
    ]
    for number in range(ENTRIES):
        async with db.unit_of_work(tenant_id, "files", actor_id=actor_id if number % 2 else None) as uow:
            await uow.audit("file.renamed", f"file:Ä{number}'\"", **details[number % len(details)], ok=True, none=None)
    return tenant_id


async def read(db: Database, tenant_id: UUID) -> tuple[list[Entry], Head | None]:
    async with db.unit_of_work(tenant_id, "compliance") as uow:
        return await chain_of(uow)


async def test_a_chain_that_nobody_touched_holds(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, tenant_id)
    assert [entry.seq for entry in entries] == list(range(1, ENTRIES + 1))
    assert verify(entries, head) == []


async def test_chains_of_two_tenants_are_apart(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, new_id())
    assert (entries, head) == ([], None)
    assert len((await read(db, tenant_id))[0]) == ENTRIES


async def test_parallel_transactions_make_one_chain(db: Database, tenant_id: UUID) -> None:
    async def append(number: int) -> None:
        async with db.unit_of_work(tenant_id, "auth") as uow:
            await uow.audit("tried", str(number))

    await asyncio.gather(*(append(number) for number in range(20)))
    entries, head = await read(db, tenant_id)
    assert len(entries) == ENTRIES + 20
    assert verify(entries, head) == []


async def test_a_transaction_that_fails_leaves_no_entry(db: Database, tenant_id: UUID) -> None:
    async def fail() -> None:
        async with db.unit_of_work(tenant_id, "files") as uow:
            await uow.audit("file.deleted", "file:1")
            await uow.session.execute(text("select 1 / 0"))

    with pytest.raises(DBAPIError):
        await fail()
    entries, head = await read(db, tenant_id)
    assert len(entries) == ENTRIES
    assert verify(entries, head) == []


TAMPERINGS = {
    "an action changed": (
        "update platform.audit set action = 'x' where tenant_id = $1 and seq = 3",
        Breach(3, "changed"),
    ),
    "a person changed": (
        "update platform.audit set actor_id = tenant_id where tenant_id = $1 and seq = 1",
        Breach(1, "changed"),
    ),
    "a time changed": (
        "update platform.audit set at = at + interval '1 microsecond' where tenant_id = $1 and seq = 2",
        Breach(2, "changed"),
    ),
    "a detail changed": (
        """update platform.audit set detail = detail || '{"ok": false}' where tenant_id = $1 and seq = 6""",
        Breach(6, "changed"),
    ),
    "an entry taken out": ("delete from platform.audit where tenant_id = $1 and seq = 4", Breach(5, "missing")),
    "the first taken out": ("delete from platform.audit where tenant_id = $1 and seq = 1", Breach(2, "missing")),
    "two entries swapped": (
        """update platform.audit a set action = b.action, subject = b.subject, detail = b.detail, actor_id = b.actor_id,
            at = b.at, hash = b.hash
        from platform.audit b where a.tenant_id = $1 and b.tenant_id = $1 and a.seq + b.seq = 5 and a.seq in (2, 3)""",
        Breach(2, "changed"),
    ),
    "the tail cut": ("delete from platform.audit where tenant_id = $1 and seq > 4", Breach(5, "cut")),
    "all of it cut": ("delete from platform.audit where tenant_id = $1", Breach(1, "cut")),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_a_superusers_tampering_is_found(
    db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID, tampering: str
) -> None:
    statement, breach = TAMPERINGS[tampering]
    assert await owner_connection.execute(statement, tenant_id) not in {"UPDATE 0", "DELETE 0"}
    assert breach in verify(*await read(db, tenant_id))


async def test_a_forged_hash_breaks_the_next_link(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, tenant_id)
    forged = replace(entries[2], action="forged")
    entries[2] = replace(forged, hash=hash_of(forged, entries[1].hash))
    assert verify(entries, head) == [Breach(4, "changed")]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into platform.audit default values",
        "update platform.audit set action = ''",
        "delete from platform.audit",
        "update platform.audit_heads set seq = 0",
    ],
)
async def test_a_feature_cannot_write_the_table(db: Database, tenant_id: UUID, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with db.unit_of_work(tenant_id, "files") as uow:
            await uow.session.execute(text(statement))
