"""``adx audit``: the heads of audit chains, to be kept elsewhere, and whether chains still hold."""

from __future__ import annotations

import asyncio
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from core.anchors.errors import AnchorError
from core.anchors.key import make, open_signer
from core.anchors.note import Verifier
from core.anchors.outside import Outside
from core.anchors.proof import proof_of
from core.anchors.restoring import declare, history_of, lost_heads
from core.audit import Head, chain_of, head_of, tenants_with_chains, verify as breaches_of
from core.db import Database
from core.errors import UnavailableError
from core.messages import messages_of
from core.settings import Settings
from entrypoints.embedded.program import StartError
from entrypoints.terminal import show, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.anchors.restored import Lost, Restored
    from core.anchors.restoring import History

N_ = messages_of("cli")

app = typer.Typer(no_args_is_help=True, help="Keep the heads of audit chains elsewhere, and check chains against them.")


@app.command()
def heads() -> None:
    """Print the head of every workspace’s chain. Append this to a place that nobody can change, as often as you can."""
    for tenant_id, head in asyncio.run(_heads()):
        show(f"{tenant_id} {head}")


@app.command()
def verify(
    anchors: Annotated[Path | None, typer.Option(help="What `adx audit heads` has printed, at any time.")] = None,
    key: Annotated[str, typer.Option(help="What `adx audit key` has printed: take the anchors of ANCHOR_URL.")] = "",
) -> None:
    """Check the chain of every workspace. Ends with 0 when all hold, 1 when one does not, 2 when it cannot be told."""
    try:
        kept = _read(anchors)
        if key:
            anchored = asyncio.run(_anchored(Verifier.parse(key)))
            kept = anchored.joined(kept)
            for restored in anchored.restores:
                _show_restored(restored)
    except (OSError, ValueError, AnchorError, UnavailableError) as error:
        show(tell(error.message) if isinstance(error, UnavailableError) else str(error), err=True)
        raise typer.Exit(2) from None
    broken = asyncio.run(_broken(kept))
    for line in broken:
        show(line)
    if broken:
        raise typer.Exit(1)
    if anchors is None and not key:
        show(tell(N_("Every chain holds by itself. Whether one was cut and has grown on, kept heads alone can tell.")))
    else:
        show(tell(N_("Every chain holds, and has every head that was kept.")))


@app.command("create-key")
def create_key(path: Annotated[Path, typer.Argument(help="The file, such as /etc/adx/anchor_key.")]) -> None:
    """Make the key that signs anchors, in a file that only this user can read, and print its public half."""
    if path.exists():
        raise StartError(tell(N_("{path} is there already, and is kept.", path=str(path))))
    show(str(make(path, Settings.load().base_host).verifier))


@app.command("key")
def show_key() -> None:
    """Print the public half of the key that signs anchors. Keep it where the anchors are checked, not beside them."""
    show(str(open_signer(Settings.load()).verifier))


@app.command("declare-restore")
def declare_restore(
    reason: Annotated[
        str, typer.Argument(help="Why, for whoever checks later: which backup, of when, on whose decision.")
    ],
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Sign it. Without this it is only said.")] = False,
) -> None:
    """Say which chains lost anchored entries with a restored backup, and state it, signed, beside the anchors."""
    try:
        lost = asyncio.run(_declare(reason, apply=apply))
    except AnchorError as error:
        raise StartError(str(error)) from None
    if not lost:
        show(tell(N_("Every chain has every head that was anchored: there is nothing to declare.")))
        return
    _show_lost(lost)
    if apply:
        show(tell(N_("Declared and signed. It is shown whenever these chains are checked.")))
    else:
        show(tell(N_("Nothing was declared. If these entries went with a restored backup, run it again with --apply.")))
        raise typer.Exit(1)


@app.command()
def proof(
    tenant: Annotated[UUID, typer.Argument(help="The id of a workspace.")],
    key: Annotated[str, typer.Option(help="What `adx audit key` has printed.")],
) -> None:
    """Print the newest anchored head of a workspace’s chain and the proof that it is in the signed tree."""
    found = asyncio.run(proof_of(Outside.of(Settings.load(), Verifier.parse(key)), tenant))
    if found is None:
        raise StartError(tell(N_("Nothing of {tenant} is anchored.", tenant=str(tenant))))
    show(found)


async def _anchored(verifier: Verifier) -> History:
    """Return the heads of ANCHOR_URL, all of whose signatures and hashes have been checked."""
    found = await history_of(Outside.of(Settings.load(), verifier))
    if not found.heads:
        raise AnchorError("There is no anchor at ANCHOR_URL.")
    return found


async def _declare(reason: str, *, apply: bool) -> Mapping[UUID, Lost]:
    settings = Settings.load()
    signer = open_signer(settings)
    outside = Outside.of(settings, signer.verifier)
    db = await Database.connect(settings, pool_size=1)
    try:
        lost = await lost_heads(db, outside)
        if lost and apply:
            await declare(db, outside, signer, lost, reason)
    finally:
        await db.close()
    return lost


def _show_restored(restored: Restored) -> None:
    show(
        tell(
            N_(
                "A restore was declared on {date}: {reason}. Chains that lost entries by it: {count}",
                date=restored.at.isoformat(),
                reason=restored.reason,
                count=len(restored.lost),
            )
        )
    )
    _show_lost(restored.lost)


def _show_lost(lost: Mapping[UUID, Lost]) -> None:
    for tenant_id, gone in lost.items():
        show(f"  {tenant_id} {(gone.kept.seq if gone.kept else 0) + 1}-{gone.newest.seq}")


async def _heads() -> list[tuple[UUID, Head]]:
    found = []
    db = await Database.connect(Settings.load(), pool_size=1)
    try:
        for tenant_id in await tenants_with_chains(db):
            async with db.unit_of_work(tenant_id, "compliance") as uow:
                head = await head_of(uow)
            if head:
                found.append((tenant_id, head))
    finally:
        await db.close()
    return found


async def _broken(kept: Mapping[UUID, Sequence[Head]]) -> list[str]:
    lines = []
    db = await Database.connect(Settings.load(), pool_size=1)
    try:
        for tenant_id in sorted({*await tenants_with_chains(db), *kept}):
            async with db.unit_of_work(tenant_id, "compliance") as uow:
                entries, head = await chain_of(uow)
            found = breaches_of(tenant_id, entries, head, anchors=kept.get(tenant_id, ()))
            lines += [f"{tenant_id} {breach.seq} {breach.kind}" for breach in found]
    finally:
        await db.close()
    return lines


def _read(anchors: Path | None) -> dict[UUID, list[Head]]:
    kept: dict[UUID, list[Head]] = {}
    for number, line in enumerate(anchors.read_text().splitlines() if anchors else (), 1):
        tenant_id, _, written = line.partition(" ")
        try:
            kept.setdefault(UUID(tenant_id), []).append(Head.parse(written))
        except ValueError:
            told = N_("{file}:{number}: this is no head.", file=str(anchors), number=str(number))
            raise ValueError(tell(told)) from None
    return kept
