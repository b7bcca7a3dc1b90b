"""Checks a tenant's audit chain away from the database: on an export, on a backup, by a third party.

Each entry's hash covers the hash before it, so an entry that was changed, taken out or moved breaks the chain from
there on. Entries cut off at the end are found by the head: the last number and hash, kept apart from the entries.
The hashes are written by ``platform.append_audit``; this module computes them again, from its definition.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from core.db import UnitOfWork

BEFORE_THE_FIRST = b"\x00"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ENTRIES = text(
    "select tenant_id, seq, at, actor_id, action, subject, detail::text, hash from platform.audit order by seq"
)
HEAD = text("select seq, hash from platform.audit_heads")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored. ``detail`` is the JSON text that PostgreSQL prints, whose bytes are hashed."""

    tenant_id: UUID
    seq: int
    at: datetime
    actor_id: UUID | None
    action: str
    subject: str
    detail: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The number and the hash of the last entry."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where the chain does not hold.

    ``missing``: entries before ``seq`` are gone, or stand elsewhere. ``changed``: the entry is not what was written,
    or does not follow the one before it. ``cut``: the chain does not end where its head says.
    """

    seq: int
    kind: Literal["missing", "changed", "cut"]


async def chain_of(uow: UnitOfWork) -> tuple[list[Entry], Head | None]:
    """Read the whole chain of the tenant of ``uow``; needs the feature that may read it, ``compliance``."""
    rows = (await uow.session.execute(ENTRIES)).all()
    head = (await uow.session.execute(HEAD)).one_or_none()
    return [Entry(*row) for row in rows], Head(*head) if head else None


def verify(entries: Sequence[Entry], head: Head | None = None) -> list[Breach]:
    """Return the breaches of one tenant's chain, given from its first entry on; an empty list means it holds.

    Without ``head`` nothing tells whether entries are missing at the end.
    """
    breaches = []
    previous, expected = BEFORE_THE_FIRST, 1
    for entry in entries:
        if entry.seq != expected:
            breaches.append(Breach(entry.seq, "missing"))
        elif hash_of(entry, previous) != entry.hash:
            breaches.append(Breach(entry.seq, "changed"))
        previous, expected = entry.hash, entry.seq + 1
    if head and (head.seq, head.hash) != (expected - 1, previous if entries else BEFORE_THE_FIRST):
        breaches.append(Breach(expected, "cut"))
    return breaches


def hash_of(entry: Entry, previous: bytes) -> bytes:
    """Return the hash that an entry must have after the hash ``previous``."""
    parts = (str(entry.tenant_id), entry.seq, _seconds(entry.at), _text(entry.actor_id), entry.action, entry.subject)
    # As PostgreSQL prints a jsonb array: a space after each comma, characters beyond ASCII as they are.
    listed = ", ".join(json.dumps(part, ensure_ascii=False) for part in parts)
    return sha256(previous + f"[{listed}, {entry.detail}]".encode()).digest()


def _seconds(at: datetime) -> str:
    whole, part = divmod((at - EPOCH) // timedelta(microseconds=1), 1_000_000)
    return f"{whole}.{part:06}"


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
