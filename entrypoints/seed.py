"""Demo data: two people, each with a workspace of their own. What is there already stays as it is.

On demand a third one, with a workspace full of extremes and an empty one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, Person
from core.db import Database
from core.identity.hosts import Hosts
from core.ids import derived_id
from core.storage import Storage
from domain.auth import registration
from domain.auth.passwords import passwords
from domain.auth.types import Application
from domain.tenants import service
from domain.tenants.repository import TenantRepository
from domain.tenants.types import Founder, NewTenant
from entrypoints.extremes import workspace as extremes

if TYPE_CHECKING:
    from core.settings import Settings

PASSWORD = "lantern orchard violet"  # noqa: S105  # a demo's, printed at each start; seeding is refused in production
DEMO = (
    ("Ada Lovelace", "ada@example.com", "Acme", "acme"),
    ("Bob Stone", "bob@example.com", "Globex", "globex"),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try the product with, and where it leads."""

    email: str
    password: str
    url: str

    def __str__(self) -> str:
        return f"{self.email} / {self.password}  ({self.url})"


async def seed(settings: Settings, *, extreme: bool = False) -> tuple[DemoAccount, ...]:
    """Add the demo accounts and workspaces that are missing; return all of them.

    It goes through the same rules as registration and provisioning, but needs no worker and sends no mail. ``extreme``
    adds those of Eve too: a workspace full of extremes, and an empty one.
    """
    db = await Database.connect(settings)
    storage = Storage.from_url(settings.storage_url)
    try:
        for name, email, tenant, slug in DEMO:
            await _workspace(db, storage, _founder(name, email), tenant, slug)
        if extreme:
            await _extremes(db, storage)
    finally:
        await db.close()
    eve = [(extremes.EMAIL, slug) for slug, _ in (extremes.FULL, extremes.EMPTY)] if extreme else []
    there = [*((email, slug) for _, email, _, slug in DEMO), *eve]
    return tuple(DemoAccount(email, PASSWORD, Hosts.of(settings).url(slug)) for email, slug in there)


async def _extremes(db: Database, storage: Storage) -> None:
    eve = _founder(extremes.PERSON, extremes.EMAIL)
    for slug, name in (extremes.FULL, extremes.EMPTY):
        new = await _workspace(db, storage, eve, name, slug)
        if slug == extremes.FULL[0]:
            await extremes.fill(db, storage, new, Person(eve.id, eve.name, eve.email))


def _founder(name: str, email: str) -> Founder:
    return Founder(derived_id(HOME_TENANT_ID, f"demo account {email}"), name, email)


async def _workspace(db: Database, storage: Storage, founder: Founder, name: str, slug: str) -> NewTenant:
    """Return a demo workspace and its founder's account, made where they are missing."""
    new = NewTenant(derived_id(HOME_TENANT_ID, f"demo tenant {slug}"), slug, name, "en", founder)
    await _account(db, founder)
    await _tenant(db, storage, new)
    return new


async def _account(db: Database, founder: Founder) -> None:
    async with db.unit_of_work(HOME_TENANT_ID, "auth", actor_id=founder.id) as uow:
        if await registration.is_taken(uow, founder.email):
            return
    password_hash = await passwords().hash(PASSWORD)
    async with db.unit_of_work(HOME_TENANT_ID, "auth", actor_id=founder.id) as uow:
        application = Application(founder.name, founder.email, password_hash)
        await registration.create_pending(uow, founder.id, application, "en")
        await uow.session.flush()
        await registration.activate(uow, founder.id)


async def _tenant(db: Database, storage: Storage, new: NewTenant) -> None:
    await storage.put_bytes(service.marker_key(new.id), str(new.id).encode())  # the same, however often
    async with db.unit_of_work(new.id, "tenants", actor_id=new.founder.id) as uow:
        tenants = TenantRepository(uow.session)
        if await tenants.taken([new.slug]):
            return
        await service.reserve_slug(uow, new)
        await tenants.create(new)
        await service.add_owner(uow, new)
        await tenants.entitle(new.id, service.STARTING_LIMITS)
        await service.open_tenant(uow, new)
