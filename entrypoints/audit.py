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
from core.audit import Head, chain_of, head_of, tenants_with_chains, verify as breaches_of
from core.db import Database
from core.errors import UnavailableError
from core.messages import messages_of
from core.settings import Settings
from entrypoints.embedded.program import StartError
from entrypoints.terminal import show, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
            for tenant_id, found in asyncio.run(_anchored(Verifier.parse(key))).items():
                kept.setdefault(tenant_id, []).extend(found)
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


async def _anchored(verifier: Verifier) -> dict[UUID, list[Head]]:
    """Return the heads of ANCHOR_URL, all of whose signatures and hashes have been checked."""
    outside = Outside.of(Settings.load(), verifier)
    found: dict[UUID, list[Head]] = {}
    async for batch in outside.history():
        for tenant_id, head in batch.leaves:
            found.setdefault(tenant_id, []).append(head)
    if not found:
        raise AnchorError("There is no anchor at ANCHOR_URL.")
    return found


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
