"""Checks a tenant's audit chain away from the database: on an export, on a backup, by a third party.

Each entry's hash covers the hash before it, so an entry that was changed, taken out or moved breaks the chain from
there on. Entries cut off at the end are found by the head: the last number and hash, kept apart from the entries. A
chain that was cut and has grown on, head and all, is found by an anchor: a head of an earlier time, kept elsewhere.
The hashes are written by ``platform.record_audit``; this module computes them again, from its definition.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.db import Database, UnitOfWork

BEFORE_THE_FIRST = b"\x00"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ENTRIES = text("""
    select tenant_id, seq, at, format, id, feature, actor_kind, actor_id, on_behalf_of, session_id, api_key_id, run_id,
        step, request_id, action, subject, outcome, reason, sealed, sealed_for, detail::text as detail, hash
    from platform.audit order by seq
""")
TENANTS = text("select id from platform.tenants order by id")
HEAD = text("select seq, hash from platform.audit_heads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as it is stored. ``detail`` is the JSON text that PostgreSQL prints, whose bytes are hashed.

    Those of format 1 know who acted, as the caller has said, and nothing of the transaction.
    """

    tenant_id: UUID
    seq: int
    at: datetime
    format: int
    id: UUID | None
    feature: str | None
    actor_kind: str | None
    actor_id: UUID | None
    on_behalf_of: UUID | None
    session_id: UUID | None
    api_key_id: UUID | None
    run_id: UUID | None
    step: str | None
    request_id: str | None
    action: str
    subject: str
    outcome: str
    reason: str | None
    sealed: bytes | None
    sealed_for: UUID | None
    detail: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The number and the hash of an entry: of the last one, or of one that a chain was once known to have."""

    seq: int
    hash: bytes

    @classmethod
    def parse(cls, written: str) -> Head:
        """Return what ``str`` of a head has written; raises ValueError for anything else."""
        seq, _, written_hash = written.strip().partition(":")
        digest = bytes.fromhex(written_hash)
        if len(digest) != sha256().digest_size:
            raise ValueError("no head of an audit chain")
        return cls(int(seq), digest)

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"


NOTHING = Head(0, BEFORE_THE_FIRST)
"""Where a chain begins of which nothing was retired."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where the chain does not hold.

    ``missing``: entries before ``seq`` are gone, or stand elsewhere. ``changed``: the entry is not what was written,
    or does not follow the one before it. ``cut``: the chain does not end where its head says, or ended later once.
    ``foreign``: the entry is another tenant's. ``forked``: another entry had this number once.
    """

    seq: int
    kind: Literal["missing", "changed", "cut", "foreign", "forked"]


async def chain_of(uow: UnitOfWork) -> tuple[list[Entry], Head | None]:
    """Read the whole chain of the tenant of ``uow``; needs the feature that may read it, ``compliance``."""
    rows = (await uow.session.execute(ENTRIES)).mappings().all()
    return [Entry(**row) for row in rows], await head_of(uow)


async def head_of(uow: UnitOfWork) -> Head | None:
    """Read the head of the chain alone."""
    head = (await uow.session.execute(HEAD)).one_or_none()
    return Head(*head) if head else None


async def tenants_with_chains(db: Database) -> list[UUID]:
    """Return every tenant that the platform knows, its own included."""
    async with db.platform_unit_of_work() as uow:
        return list((await uow.session.execute(TENANTS)).scalars())


def verify(
    tenant_id: UUID,
    entries: Sequence[Entry],
    head: Head | None = None,
    *,
    start: Head = NOTHING,
    anchors: Iterable[Head] = (),
) -> list[Breach]:
    """Return the breaches of the chain of ``tenant_id``; an empty list means it holds.

    ``start`` is the entry before the first that is given, where earlier ones were retired. Without ``head`` nothing
    tells whether entries are missing at the end; without ``anchors`` nothing tells whether the chain was cut, or
    written anew, by somebody who has also put its head right.
    """
    breaches = []
    previous, expected = start.hash, start.seq + 1
    for entry in entries:
        if entry.tenant_id != tenant_id:
            breaches.append(Breach(entry.seq, "foreign"))
        if entry.seq != expected:
            breaches.append(Breach(entry.seq, "missing"))
        elif hash_of(entry, previous) != entry.hash:
            breaches.append(Breach(entry.seq, "changed"))
        previous, expected = entry.hash, entry.seq + 1
    if head and (head.seq, head.hash) != (expected - 1, previous):
        breaches.append(Breach(expected, "cut"))
    return breaches + _compared(entries, start, expected, anchors)


def _compared(entries: Sequence[Entry], start: Head, expected: int, anchors: Iterable[Head]) -> list[Breach]:
    known = {start.seq: start.hash, **{entry.seq: entry.hash for entry in entries}}
    breaches = []
    for anchor in sorted(anchors, key=lambda anchor: anchor.seq):
        if anchor.seq < start.seq:
            continue  # of what was retired
        if anchor.seq >= expected:
            breaches.append(Breach(expected, "cut"))
        elif known.get(anchor.seq) != anchor.hash:
            breaches.append(Breach(anchor.seq, "forked"))
    return breaches


def hash_of(entry: Entry, previous: bytes) -> bytes:
    """Return the hash that an entry must have after the hash ``previous``."""
    parts = _first_format(entry) if entry.format == 1 else _second_format(entry)
    # As PostgreSQL prints a jsonb array: a space after each comma, characters beyond ASCII as they are.
    listed = ", ".join(json.dumps(_plain(part), ensure_ascii=False) for part in parts)
    return sha256(previous + f"[{listed}, {entry.detail}]".encode()).digest()


def _first_format(entry: Entry) -> tuple[Any, ...]:
    return (entry.tenant_id, entry.seq, _seconds(entry.at), entry.actor_id, entry.action, entry.subject)


def _second_format(entry: Entry) -> tuple[Any, ...]:
    actor = (entry.actor_kind, entry.actor_id, entry.on_behalf_of, entry.session_id, entry.api_key_id)
    course = (entry.run_id, entry.step, entry.request_id)
    what = (entry.action, entry.subject, entry.outcome, entry.reason)
    identified = (entry.format, entry.tenant_id, entry.seq, _seconds(entry.at), entry.id, entry.feature)
    return (*identified, *actor, *course, *what, entry.sealed.hex() if entry.sealed else None, entry.sealed_for)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def _seconds(at: datetime) -> str:
    whole, part = divmod((at - EPOCH) // timedelta(microseconds=1), 1_000_000)
    return f"{whole}.{part:06}"
