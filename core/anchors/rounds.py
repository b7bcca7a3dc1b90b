"""One round of anchoring: what moved since the last one is signed and written outside."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import text

from core.anchors.outside import WHOLE_EVERY
from core.audit import Head
from core.metrics import ANCHORED_AT, CONTRADICTING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

    from core.anchors.note import Signer
    from core.anchors.outside import Outside
    from core.anchors.restored import Restored
    from core.db import Database

log = structlog.get_logger()

FIRST_ID = UUID(int=0)

PAGE = 500
LOOKED_FOR = 4.0
"""Seconds, of those that an examination may take: past them, chains that wait are counted and not looked into."""

HEADS = text("""
    select tenant_id, seq, hash from platform.audit_heads
    where seq > 0 and tenant_id > :after order by tenant_id limit :page
""")
WRITTEN_AT = text("select at from platform.audit where seq = :seq")


@dataclass(frozen=True, slots=True)
class Anchored:
    """What a round did: how many heads it anchored, and how many chains are behind what was anchored of them."""

    heads: int = 0
    contradicting: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not anchored: since when the oldest entry waits, and how many chains are behind their anchors.

    ``not_looked_at`` is how many chains wait of which time was too short to ask since when; ``restored`` is the newest
    restore that was declared.
    """

    since: datetime | None
    contradicting: int
    anchored_at: datetime | None
    not_looked_at: int = 0
    restored: Restored | None = None


async def anchor_heads(db: Database, outside: Outside, signer: Signer) -> Anchored:
    """Anchor the heads that moved. Does nothing when none did.

    A chain that is behind what was anchored of it was cut, or a backup was restored. Its head is not anchored: that
    would be a second history. All others go on.
    """
    anchored = await outside.read()  # by what lies outside, since the database may be a restored one
    heads = await heads_of_all(db)
    contradicting = contradictions(anchored.heads, heads)
    for tenant_id in contradicting:
        await log.aerror("an audit chain is behind its anchor; see adx audit verify", tenant=str(tenant_id))
    moved = _moved(anchored.heads, heads)
    if moved and anchored.number % WHOLE_EVERY == 0:
        moved = {**anchored.heads, **moved}
    if moved:
        await outside.append(signer, sorted(moved.items()))
    CONTRADICTING.set(len(contradicting))
    ANCHORED_AT.set_to_current_time()
    return Anchored(len(moved), len(contradicting))


async def waiting(db: Database, outside: Outside) -> Waiting:
    """Say what waits to be anchored, of all tenants: a page of heads after the other."""
    anchored = await outside.read()
    ends = monotonic() + LOOKED_FOR
    since: datetime | None = None
    there = behind = not_looked_at = 0
    async for heads in _pages(db):
        known = {tenant_id: anchored.heads[tenant_id] for tenant_id in heads if tenant_id in anchored.heads}
        there += len(known)
        behind += len(contradictions(known, heads))
        for tenant_id in _moved(known, heads):
            if monotonic() > ends:
                not_looked_at += 1
            elif first := await _first_after(db, tenant_id, known.get(tenant_id)):
                since = min(since, first) if since else first
    gone = len(anchored.heads) - there
    restored = anchored.restores[-1] if anchored.restores else None
    return Waiting(since, behind + gone, await outside.written_at(), not_looked_at, restored)


async def _first_after(db: Database, tenant_id: UUID, known: Head | None) -> datetime | None:
    """Return when the first entry of a chain was written that is not anchored."""
    async with db.unit_of_work(tenant_id, "compliance") as uow:
        first: datetime | None = await uow.session.scalar(WRITTEN_AT, {"seq": known.seq + 1 if known else 1})
    return first


async def heads_of_all(db: Database) -> dict[UUID, Head]:
    """Read the head of every tenant's chain."""
    found: dict[UUID, Head] = {}
    async for heads in _pages(db):
        found |= heads
    return found


async def _pages(db: Database) -> AsyncIterator[dict[UUID, Head]]:
    after = FIRST_ID
    while True:
        async with db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(HEADS, {"after": after, "page": PAGE})).all()
        yield {row.tenant_id: Head(row.seq, row.hash) for row in rows}
        if len(rows) < PAGE:
            return
        after = rows[-1].tenant_id


def contradictions(anchored: Mapping[UUID, Head], heads: Mapping[UUID, Head]) -> list[UUID]:
    """Return the tenants whose chain is gone, shorter than what was anchored of it, or another at the same place."""
    return [
        tenant_id
        for tenant_id, known in anchored.items()
        if (head := heads.get(tenant_id)) is None or head.seq < known.seq or (head.seq == known.seq and head != known)
    ]


def _moved(known: Mapping[UUID, Head], heads: Mapping[UUID, Head]) -> dict[UUID, Head]:
    return {
        tenant_id: head
        for tenant_id, head in heads.items()
        if tenant_id not in known or head.seq > known[tenant_id].seq
    }
