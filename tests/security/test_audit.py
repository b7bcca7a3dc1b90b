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
            subject = f"file:Ä{number}'\""
            sealed = {"name": "Gehälter.pdf"} if number == ENTRIES - 2 else None
            detail = {**details[number % len(details)], "ok": True, "none": None}
            await uow.audit("files.trashed", subject, sealed=sealed, **detail)
    return tenant_id


async def read(db: Database, tenant_id: UUID) -> tuple[list[Entry], Head | None]:
    async with db.unit_of_work(tenant_id, "compliance") as uow:
        return await chain_of(uow)


async def test_a_chain_that_nobody_touched_holds(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, tenant_id)
    assert [entry.seq for entry in entries] == list(range(1, ENTRIES + 1))
    assert verify(tenant_id, entries, head) == []


async def test_chains_of_two_tenants_are_apart(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, new_id())
    assert (entries, head) == ([], None)
    assert len((await read(db, tenant_id))[0]) == ENTRIES


async def test_parallel_transactions_make_one_chain(db: Database, tenant_id: UUID) -> None:
    async def append(number: int) -> None:
        async with db.unit_of_work(tenant_id, "auth") as uow:
            await uow.audit("session.opened", f"account:{number}")

    await asyncio.gather(*(append(number) for number in range(20)))
    entries, head = await read(db, tenant_id)
    assert len(entries) == ENTRIES + 20
    assert verify(tenant_id, entries, head) == []


async def test_a_transaction_that_fails_leaves_no_entry(db: Database, tenant_id: UUID) -> None:
    async def fail() -> None:
        async with db.unit_of_work(tenant_id, "files") as uow:
            await uow.audit("files.erased", "file:1")
            await uow.session.execute(text("select 1 / 0"))

    with pytest.raises(DBAPIError):
        await fail()
    entries, head = await read(db, tenant_id)
    assert len(entries) == ENTRIES
    assert verify(tenant_id, entries, head) == []


TAMPERINGS = {
    "an action changed": (
        "update platform.audit set action = 'x' where tenant_id = $1 and seq = 3",
        Breach(3, "changed"),
    ),
    "another feature": (
        "update platform.audit set feature = 'auth' where tenant_id = $1 and seq = 2",
        Breach(2, "changed"),
    ),
    "another outcome": (
        "update platform.audit set outcome = 'refused' where tenant_id = $1 and seq = 2",
        Breach(2, "changed"),
    ),
    "another session": (
        "update platform.audit set session_id = tenant_id where tenant_id = $1 and seq = 2",
        Breach(2, "changed"),
    ),
    "another run": (
        "update platform.audit set run_id = tenant_id where tenant_id = $1 and seq = 2",
        Breach(2, "changed"),
    ),
    "what is sealed changed": (
        "update platform.audit set sealed = sealed || '\\x00' where tenant_id = $1 and seq = 5",
        Breach(5, "changed"),
    ),
    "called an older format": (
        "update platform.audit set format = 1 where tenant_id = $1 and seq = 2",
        Breach(2, "changed"),
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
        """update platform.audit a set id = b.id, action = b.action, subject = b.subject, detail = b.detail,
            actor_kind = b.actor_kind, actor_id = b.actor_id, at = b.at, hash = b.hash
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
    assert breach in verify(tenant_id, *await read(db, tenant_id))


async def test_a_forged_hash_breaks_the_next_link(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, tenant_id)
    forged = replace(entries[2], action="forged")
    entries[2] = replace(forged, hash=hash_of(forged, entries[1].hash))
    assert verify(tenant_id, entries, head) == [Breach(4, "changed")]


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


# --- heads that were kept elsewhere -----------------------------------------------------------------------------------

CUT = """
    with cut as (delete from platform.audit where tenant_id = $1 and seq > 3)
    update platform.audit_heads h set seq = a.seq, hash = a.hash from platform.audit a
    where h.tenant_id = $1 and a.tenant_id = $1 and a.seq = 3
"""


async def test_a_chain_that_was_cut_and_has_grown_on_is_found_by_a_kept_head(
    db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID
) -> None:
    _, kept = await read(db, tenant_id)
    assert kept is not None
    await owner_connection.execute(CUT, tenant_id)
    for number in range(ENTRIES):
        async with db.unit_of_work(tenant_id, "files") as uow:
            await uow.audit("files.erased", f"file:{number}")
    entries, head = await read(db, tenant_id)
    assert verify(tenant_id, entries, head) == []  # by itself it cannot be told
    assert verify(tenant_id, entries, head, anchors=[kept]) == [Breach(ENTRIES, "forked")]


async def test_a_chain_that_is_shorter_than_a_kept_head_or_gone_is_found(
    db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID
) -> None:
    _, kept = await read(db, tenant_id)
    assert kept is not None
    await owner_connection.execute(CUT, tenant_id)
    assert verify(tenant_id, *await read(db, tenant_id), anchors=[kept]) == [Breach(4, "cut")]
    await owner_connection.execute("delete from platform.audit where tenant_id = $1", tenant_id)
    await owner_connection.execute("delete from platform.audit_heads where tenant_id = $1", tenant_id)
    assert verify(tenant_id, *await read(db, tenant_id)) == []
    assert verify(tenant_id, *await read(db, tenant_id), anchors=[kept]) == [Breach(1, "cut")]


async def test_the_chain_of_another_tenant_does_not_pass(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, tenant_id)
    assert {breach.kind for breach in verify(new_id(), entries, head)} == {"foreign"}


async def test_a_chain_whose_front_was_retired_holds_from_its_start_on(db: Database, tenant_id: UUID) -> None:
    entries, head = await read(db, tenant_id)
    start = Head(3, entries[2].hash)
    assert verify(tenant_id, entries[3:], head, start=start, anchors=[Head(1, b"retired"), start]) == []
    assert verify(tenant_id, entries[3:], head) == [Breach(4, "missing")]
    wrong = Head(3, entries[1].hash)
    assert verify(tenant_id, entries[3:], head, start=wrong) == [Breach(4, "changed")]
    assert verify(tenant_id, [], start, start=start) == []


def test_a_head_is_read_as_it_was_written() -> None:
    head = Head(12, bytes(range(32)))
    assert Head.parse(f"{head}\n") == head
    for written in ("", "12", "12:xx", "x:00"):
        with pytest.raises(ValueError, match=r".*"):
            Head.parse(written)
