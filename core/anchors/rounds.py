"""One round of anchoring: what moved since the last one is signed and written outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from core.anchors.outside import WHOLE_EVERY
from core.audit import Head
from core.metrics import ANCHORED_AT, CONTRADICTING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from core.anchors.note import Signer
    from core.anchors.outside import Log, Outside
    from core.db import Database

log = structlog.get_logger()

TENANTS_LOOKED_AT = 20
HEADS = text("select tenant_id, seq, hash from platform.audit_heads where seq > 0 order by tenant_id")
WRITTEN_AT = text("select at from platform.audit where seq = :seq")


@dataclass(frozen=True, slots=True)
class Anchored:
    """What a round did: how many heads it anchored, and how many chains are behind what was anchored of them."""

    heads: int = 0
    contradicting: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is not anchored: since when the oldest entry waits, and the chains that are behind their anchors."""

    since: datetime | None
    contradicting: tuple[UUID, ...]
    anchored_at: datetime | None


async def anchor_heads(db: Database, outside: Outside, signer: Signer) -> Anchored:
    """Anchor the heads that moved. Does nothing when none did.

    A chain that is behind what was anchored of it was cut, or a backup was restored. Its head is not anchored: that
    would be a second history. All others go on.
    """
    anchored = await outside.read()  # by what lies outside, since the database may be a restored one
    heads = await heads_of_all(db)
    contradicting = contradictions(anchored, heads)
    for tenant_id in contradicting:
        await log.aerror("an audit chain is behind its anchor; see adx audit verify", tenant=str(tenant_id))
    moved = _moved(anchored, heads)
    if moved and anchored.number % WHOLE_EVERY == 0:
        moved = {**anchored.heads, **moved}
    if moved:
        await outside.append(signer, sorted(moved.items()))
    CONTRADICTING.set(len(contradicting))
    ANCHORED_AT.set_to_current_time()
    return Anchored(len(moved), len(contradicting))


async def waiting(db: Database, outside: Outside) -> Waiting:
    """Say what waits to be anchored."""
    anchored = await outside.read()
    heads = await heads_of_all(db)
    times: list[datetime] = []
    for tenant_id in list(_moved(anchored, heads))[:TENANTS_LOOKED_AT]:
        after = anchored.heads.get(tenant_id)
        async with db.unit_of_work(tenant_id, "compliance") as uow:
            first = await uow.session.execute(WRITTEN_AT, {"seq": after.seq + 1 if after else 1})
        times += first.scalars()
    return Waiting(min(times, default=None), tuple(contradictions(anchored, heads)), await outside.written_at())


async def heads_of_all(db: Database) -> dict[UUID, Head]:
    """Read the head of every tenant's chain."""
    async with db.platform_unit_of_work() as uow:
        rows = (await uow.session.execute(HEADS)).all()
    return {row.tenant_id: Head(row.seq, row.hash) for row in rows}


def contradictions(anchored: Log, heads: Mapping[UUID, Head]) -> list[UUID]:
    """Return the tenants whose chain is gone, shorter than what was anchored of it, or another at the same place."""
    return [
        tenant_id
        for tenant_id, known in anchored.heads.items()
        if (head := heads.get(tenant_id)) is None or head.seq < known.seq or (head.seq == known.seq and head != known)
    ]


def _moved(anchored: Log, heads: Mapping[UUID, Head]) -> dict[UUID, Head]:
    known = anchored.heads
    return {
        tenant_id: head
        for tenant_id, head in heads.items()
        if tenant_id not in known or head.seq > known[tenant_id].seq
    }
