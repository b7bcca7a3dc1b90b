"""Saying that a backup was restored: what the anchors know and the chains have no more is found, told and signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.anchors.outside import WHOLE_EVERY
from core.anchors.restored import Lost, Restored
from core.audit import Head

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from core.anchors.note import Signer
    from core.anchors.outside import Outside
    from core.db import Database

HASHES = text("select seq, hash from platform.audit where seq = any(:numbers)")


@dataclass(slots=True)
class History:
    """All that lies outside: the ``heads`` that each tenant's chain must have, those that are ``excused``, and why."""

    heads: dict[UUID, list[Head]] = field(default_factory=dict)
    excused: set[tuple[UUID, Head]] = field(default_factory=set)
    restores: list[Restored] = field(default_factory=list)

    def add(self, restored: Restored) -> None:
        """Excuse what was anchored until now and went with a declared restore."""
        self.restores.append(restored)
        for tenant_id, lost in restored.lost.items():
            heads = self.heads.get(tenant_id, [])
            self.excused |= {(tenant_id, head) for head in heads if lost.excuses(head)}
            self.heads[tenant_id] = [head for head in heads if not lost.excuses(head)]

    def joined(self, kept: Mapping[UUID, Sequence[Head]]) -> dict[UUID, list[Head]]:
        """Return the heads with others that somebody kept, without those that are excused."""
        found = {tenant_id: list(heads) for tenant_id, heads in self.heads.items()}
        for tenant_id, heads in kept.items():
            still = [head for head in heads if (tenant_id, head) not in self.excused]
            found.setdefault(tenant_id, []).extend(still)
        return found


async def history_of(outside: Outside) -> History:
    """Read the whole log."""
    history = History()
    async for batch in outside.history():
        if batch.restored:
            history.add(batch.restored)
        for tenant_id, head in batch.leaves:
            history.heads.setdefault(tenant_id, []).append(head)
    return history


async def lost_heads(db: Database, outside: Outside) -> dict[UUID, Lost]:
    """Return what each chain has no more of the heads that were anchored of it, and nobody has declared lost.

    A chain that was restored and has grown on past its anchor lost heads too, though it is not behind.
    """
    anchored = (await history_of(outside)).heads
    found = {tenant_id: await _lost(db, tenant_id, heads) for tenant_id, heads in sorted(anchored.items())}
    return {tenant_id: lost for tenant_id, lost in found.items() if lost}


async def declare(db: Database, outside: Outside, signer: Signer, lost: Mapping[UUID, Lost], reason: str) -> Restored:
    """State that ``lost`` went with a restore: in each chain, and signed, beside the anchors. Repeatable.

    The chains say so first: a statement outside that none of them knows of would be a silent one. Raises
    :class:`AnchorError` when another process has anchored meanwhile; nothing is stated outside then.
    """
    for tenant_id, gone in lost.items():
        async with db.unit_of_work(tenant_id, "compliance") as uow:
            if await uow.once(f"compliance.restored/{gone.newest}"):
                await uow.audit(
                    "compliance.restored",
                    f"tenant:{tenant_id}",
                    kept=str(gone.kept or ""),
                    lost=str(gone.newest),
                )
    log = await outside.read()
    restored = Restored.now(signer.name, log.number, reason, lost)
    leaves = sorted(log.after(restored).items()) if log.number % WHOLE_EVERY == 0 else []
    await outside.append(signer, leaves, restored)
    return restored


async def _lost(db: Database, tenant_id: UUID, anchored: Sequence[Head]) -> Lost | None:
    async with db.unit_of_work(tenant_id, "compliance") as uow:
        rows = await uow.session.execute(HASHES, {"numbers": [head.seq for head in anchored]})
        there = {Head(row.seq, row.hash) for row in rows}
    gone = [head for head in anchored if head not in there]
    if not gone:
        return None
    before = min(head.seq for head in gone)
    kept = max((head for head in anchored if head.seq < before), key=lambda head: head.seq, default=None)
    return Lost(kept, max(gone, key=lambda head: head.seq))
