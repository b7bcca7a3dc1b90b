"""``adx repair``: says on what rows and runs do not agree, and with ``--apply`` makes them agree."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from core.db import Database
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.messages import messages_of
from core.runs.repair import Repair
from core.runs.settling import Settling
from core.runs.temporal import connect
from entrypoints.registry import REGISTRY
from entrypoints.terminal import show, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.messages import Message
    from core.runs.repair import Discrepancy, Kind
    from core.settings import Settings

N_ = messages_of("cli")

REMEDIES: Mapping[Kind, Message] = MappingProxyType({
    "lost": N_("no workflow will end this run: launch it again"),
    "unwound": N_("was cancelled, and its rows do not know: undo it"),
    "ahead": N_("its workflow knows more than the restored rows: end it, and launch the run again"),
    "ownerless": N_("a workflow without an open run: end it"),
    "unsettled": N_("rows wait for a run that has ended without them: launch it again"),
    "unclear": N_("rows wait for a run of which nothing is left: look at them by hand"),
})  # fmt: skip


async def repair(settings: Settings, *, apply: bool, rows_restored: bool) -> int:
    """Print what does not agree, a line each, and do what is said there if ``apply``.

    Returns 0 when all agrees, or does now; 1 when something is left to be done.
    """
    db = await Database.connect(settings, pool_size=2)
    try:
        client = await connect(settings, KeyRing(db, open_kms(settings)))
        mending = Repair(db, client, REGISTRY.contracts, Settling(db, REGISTRY.unsettled))
        found = await mending.look(rows_restored=rows_restored)
        for one in found:
            show(_line(one))
            if apply:
                await mending.mend(one)
    finally:
        await db.close()
    show(tell(_sum(found, apply=apply)))
    return int(any(not apply or one.kind == "unclear" for one in found))


def _line(found: Discrepancy) -> str:
    return f"{found.kind:<10} {found.about}  {found.tenant_id}  {tell(REMEDIES[found.kind])}"


def _sum(found: list[Discrepancy], *, apply: bool) -> Message:
    if not found:
        return N_("Rows and runs agree.")
    if apply:
        return N_("Done. Start the workers, or let them go on.")
    return N_("Nothing was changed. Do what is said here with `adx repair --apply`.")
