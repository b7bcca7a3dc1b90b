"""How a tenant comes to be, and the questions its pages ask; each within the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.context import CONTEXT_CHANGED
from core.live.events import event
from core.live.fact import only
from core.storage import object_key
from domain.tenants.errors import SlugTakenError, tenant_gone
from domain.tenants.repository import Member, TenantRepository
from domain.tenants.slugs import variants

if TYPE_CHECKING:
    from uuid import UUID

    from core.context import TenantFacts
    from core.db import UnitOfWork
    from domain.tenants.types import NewTenant, WorkspaceSettings

CHANGED = event(
    "tenants:changed", "A workspace of the person was opened: the list of their workspaces reads itself again."
)

STARTING_LIMITS = MappingProxyType({"files.bytes": 5 * 1024**3, "members": 10})
"""What a tenant may use until it has a licence: stored bytes, and people."""

MARKER = ".tenant"


async def check_slug(uow: UnitOfWork, slug: str) -> None:
    """Raise SlugTakenError, with a free suggestion, when another tenant has the slug."""
    candidates = variants(slug)
    taken = await TenantRepository(uow.session).taken([slug, *candidates])
    if slug in taken:
        raise SlugTakenError(slug, next((candidate for candidate in candidates if candidate not in taken), None))


async def reserve_slug(uow: UnitOfWork, new: NewTenant) -> None:
    """Take the slug for the new tenant; raises SlugTakenError when another one was faster."""
    if not await TenantRepository(uow.session).reserve(new.slug, new.id):
        raise SlugTakenError(new.slug)


async def require_begun(uow: UnitOfWork, new: NewTenant) -> None:
    """Raise NotFoundError where rows know nothing of a tenant that is being built: they may be older than its run."""
    if not await TenantRepository(uow.session).is_begun(new.id):
        raise tenant_gone()


async def add_owner(uow: UnitOfWork, new: NewTenant) -> None:
    """Make the founder the owner."""
    founder = new.founder
    owner = Member(founder.id, founder.name, founder.email, "owner")
    await TenantRepository(uow.session).add_member(new.id, owner)


async def open_tenant(uow: UnitOfWork, new: NewTenant) -> None:
    """Let people in."""
    await TenantRepository(uow.session).open(new.id)
    await uow.audit("tenant.created", f"tenant:{new.id}", slug=new.slug)


async def change_settings(uow: UnitOfWork, before: TenantFacts, settings: WorkspaceSettings) -> None:
    """Change the tenant's settings, and note in the audit which of them are new."""
    changed = {name: value for name, value in asdict(settings).items() if getattr(before, name) != value}
    if changed:
        await TenantRepository(uow.session).change(before.id, settings)
        uow.publish(CONTEXT_CHANGED)
        named = {"name": str(changed.pop("name"))} if "name" in changed else None
        await uow.audit("tenant.changed", f"tenant:{before.id}", sealed=named, **changed)


def announce_to_founder(uow: UnitOfWork, new: NewTenant) -> None:
    """Tell the founder's open pages on the base host; ``uow`` works in the platform's own tenant."""
    uow.publish(CHANGED, str(new.id), audience=only(new.founder.id))


def marker_key(tenant_id: UUID) -> str:
    """Return the key of the object that marks a tenant's storage area as in use."""
    return object_key(tenant_id, MARKER)


def area_of(tenant_id: UUID) -> str:
    """Return the folder of all objects of a tenant."""
    return marker_key(tenant_id).removesuffix(MARKER)
