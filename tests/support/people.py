"""People with accounts and workspaces in the deployment, made by the product's own rules but without its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, Person, TenantFacts
from core.identity import Sessions
from core.ids import new_id
from core.storage import Storage
from domain.auth import registration
from domain.auth.passwords import passwords
from domain.auth.types import Application
from domain.tenants import service
from domain.tenants.repository import TenantRepository
from domain.tenants.types import Founder, NewTenant

if TYPE_CHECKING:
    from core.db import Database
    from tests.support.deployment import Deployment

PASSWORD = "lantern orchard violet"


@dataclass(frozen=True)
class Owner:
    """A person with an account, and the workspace that is theirs."""

    person: Person
    tenant: TenantFacts

    @property
    def slug(self) -> str:
        """Where the workspace is."""
        return self.tenant.slug


async def new_owner(deployment: Deployment, db: Database, name: str = "Mira Holm", workspace: str = "Harbour") -> Owner:
    """A person who has just created a workspace; address and slug are unique."""
    person_id, tenant_id = new_id(), new_id()
    mark = person_id.hex[-8:]
    person = Person(person_id, name, f"{name.split(maxsplit=1)[0].lower()}-{mark}@example.com")
    await _open_account(db, person)
    slug = f"{workspace.lower()}-{mark}"
    new = NewTenant(tenant_id, slug, workspace, "en", Founder(person.id, person.name, person.email))
    await _open_tenant(deployment, db, new)
    return Owner(person, TenantFacts(tenant_id, slug, workspace))


async def sign_in(db: Database, owner: Owner, *, home: bool = False) -> str:
    """A token of a session on the workspace's host, or on the base host."""
    return await Sessions(db).open(
        tenant_id=HOME_TENANT_ID if home else owner.tenant.id,
        person=owner.person,
        level="full",
        user_agent="test",
        address="127.0.0.1",
    )


async def _open_account(db: Database, person: Person) -> None:
    application = Application(person.name, person.email, await passwords().hash(PASSWORD))
    async with db.unit_of_work(HOME_TENANT_ID, "auth", actor_id=person.id) as uow:
        await registration.create_pending(uow, person.id, application, "en")
        await uow.session.flush()
        await registration.activate(uow, person.id)


async def _open_tenant(deployment: Deployment, db: Database, new: NewTenant) -> None:
    storage = Storage.from_url(deployment.settings().storage_url)
    await storage.put_bytes(service.marker_key(new.id), str(new.id).encode())
    async with db.unit_of_work(new.id, "tenants", actor_id=new.founder.id) as uow:
        tenants = TenantRepository(uow.session)
        await service.reserve_slug(uow, new)
        await tenants.create(new)
        await service.add_owner(uow, new)
        await tenants.entitle(new.id, service.STARTING_LIMITS)
        await service.open_tenant(uow, new)
