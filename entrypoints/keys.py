"""``adx keys``: the root key and the keys of workspaces: made, looked at, replaced, destroyed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated
from uuid import UUID  # noqa: TC003 - likewise

import typer

from core.db import Database
from core.errors import DomainError
from core.keys import care, root_file
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.messages import messages_of
from core.settings import Settings
from entrypoints.embedded.program import StartError
from entrypoints.terminal import show, tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Work = Callable[[Database, KeyRing], Awaitable[str]]

N_ = messages_of("cli")

app = typer.Typer(
    no_args_is_help=True, help="Make, look at, replace and destroy the keys that everything is sealed with."
)

Workspace = Annotated[str, typer.Argument(help="Its name in addresses, or its id.")]


@app.command()
def create(path: Annotated[Path, typer.Argument(help="The file, such as /etc/adx/root_key.")]) -> None:
    """Make a root key in a file that only this user can read. A file that is there already stays."""
    path = path.absolute()
    if not root_file.make(path):
        raise StartError(tell(N_("{path} is there already, and is kept.", path=str(path))))
    told = N_(
        "Made. Set KMS_URL={url} for every process, and keep a copy of the file apart from the backups of the "
        "database: without it they cannot be read.",
        url=path.as_uri(),
    )
    show(tell(told))


@app.command()
def status() -> None:
    """Say which root key is in use, how many keys it wraps and how old they are."""

    async def look(db: Database, ring: KeyRing) -> str:
        await care.check_root(db, ring)
        state = await care.state_of_keys(db)
        days = (datetime.now(UTC) - state.oldest).days if state.oldest else 0
        told = N_(
            "Root key {root}. Keys: {keys}. Workspaces: {tenants}. Age of the oldest key that still seals: {age}. "
            "Workspaces whose keys were destroyed: {erased}.",
            root=root_file.RootFile(root_file.path_of(Settings.load().kms_url)).newest(),
            keys=state.keys,
            tenants=state.tenants,
            # Translators: How old a key is.
            age=tell(N_("{count} day", "{count} days", count=days)),
            erased=state.erased,
        )
        return tell(told)

    show(_done(look))


@app.command()
def rotate(
    tenant: Annotated[
        str, typer.Option(help="A workspace: its name in addresses, or its id. Default: the root key.")
    ] = "",
) -> None:
    """Have a new root key wrap everything, or give one workspace a new key. What is sealed already goes on opening."""

    async def root(db: Database, ring: KeyRing) -> str:
        new = open_kms(Settings.load()).add()
        count = await care.rotate_root(db, ring)
        return tell(
            N_(
                "Root key {root} wraps {count} key from now on.",
                "Root key {root} wraps all {count} keys from now on.",
                root=new,
                count=count,
            )
        )

    async def workspace(db: Database, ring: KeyRing) -> str:
        number = await care.rotate_tenant(db, ring, await _tenant(db, tenant))
        return tell(N_("Version {number} of its key seals from now on.", number=number))

    show(_done(workspace if tenant else root))


@app.command()
def shred(
    tenant: Workspace,
    person: Annotated[UUID | None, typer.Option(help="Only what is sealed for this person of it, by id.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002  # typer's way
) -> None:
    """Destroy the keys of a workspace, or of one of its people. What they have sealed can never be read again."""
    if not yes:
        told = N_("Nothing brings back what is sealed. To destroy the keys of {tenant}, type its name", tenant=tenant)
        if typer.prompt(tell(told)) != tenant:
            raise StartError(tell(N_("That is another name. Nothing was destroyed.")))

    async def destroy(db: Database, ring: KeyRing) -> str:
        tenant_id = await _tenant(db, tenant)
        if person:
            await care.shred_person(db, ring, tenant_id, person)
        else:
            await care.shred_tenant(db, ring, tenant_id)
        return tell(N_("Destroyed. Copies in backups stay readable until those are deleted."))

    show(_done(destroy))


async def _tenant(db: Database, name: str) -> UUID:
    found = await care.tenant_named(db, name)
    if found is None:
        raise StartError(tell(N_("No workspace is called {name}.", name=name)))
    return found


def _done(work: Work) -> str:
    async def connected() -> str:
        settings = Settings.load()
        db = await Database.connect(settings, pool_size=2)
        try:
            return await work(db, KeyRing(db, open_kms(settings)))
        except DomainError as error:
            raise StartError(tell(error.message)) from None
        finally:
            await db.close()

    return asyncio.run(connected())
