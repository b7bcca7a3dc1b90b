"""The side effects of provisioning a tenant, each with what reverses it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING

from temporalio import activity

from core.context import HOME_TENANT_ID
from core.identity import preferred_locale
from core.runs.effects import begin, effect_key, finish
from domain.tenants import mails, notices, service
from domain.tenants.repository import TenantRepository
from domain.tenants.types import NewTenant

if TYPE_CHECKING:
    from core.db import Database, UnitOfWork
    from core.identity.hosts import Hosts
    from core.mail import Mailer
    from core.storage import Storage


class ProvisioningActivities:
    """Steps of ``tenants.provision``, and their undos. All work inside the tenant that is being built."""

    def __init__(self, db: Database, storage: Storage, mailer: Mailer, hosts: Hosts) -> None:
        self._db = db
        self._storage = storage
        self._mailer = mailer
        self._hosts = hosts

    @activity.defn(name="tenants.reserve_slug")
    async def reserve_slug(self, new: NewTenant) -> None:
        """Take the address."""
        async with self._work(new) as uow:
            if await uow.once(effect_key("reserve_slug")):
                await service.reserve_slug(uow, new)

    @activity.defn(name="tenants.release_slug")
    async def release_slug(self, new: NewTenant) -> None:
        """Undo ``reserve_slug``."""
        async with self._work(new) as uow:
            await TenantRepository(uow.session).release(new.id)
            await uow.forget(effect_key("reserve_slug"))

    @activity.defn(name="tenants.create_tenant")
    async def create_tenant(self, new: NewTenant) -> None:
        """Write the tenant's row, and list it in the directory as not open yet."""
        async with self._work(new) as uow:
            if await uow.once(effect_key("create_tenant")):
                await TenantRepository(uow.session).create(new)

    @activity.defn(name="tenants.remove_tenant")
    async def remove_tenant(self, new: NewTenant) -> None:
        """Undo ``create_tenant``."""
        async with self._work(new) as uow:
            await TenantRepository(uow.session).remove(new.id)
            await uow.forget(effect_key("create_tenant"))

    @activity.defn(name="tenants.set_up_permissions")
    async def set_up_permissions(self, new: NewTenant) -> None:
        """Make the founder the owner, here and in the projections that others read."""
        async with self._work(new) as uow:
            if await uow.once(effect_key("set_up_permissions")):
                await service.require_begun(uow, new)
                await service.add_owner(uow, new)

    @activity.defn(name="tenants.remove_permissions")
    async def remove_permissions(self, new: NewTenant) -> None:
        """Undo ``set_up_permissions``."""
        async with self._work(new) as uow:
            await TenantRepository(uow.session).remove_member(new.id, new.founder.id)
            await uow.forget(effect_key("set_up_permissions"))

    @activity.defn(name="tenants.prepare_storage")
    async def prepare_storage(self, new: NewTenant) -> None:
        """Mark the tenant's area; writing the same object again changes nothing."""
        await self._storage.put_bytes(service.marker_key(new.id), str(new.id).encode())

    @activity.defn(name="tenants.clear_storage")
    async def clear_storage(self, new: NewTenant) -> None:
        """Undo ``prepare_storage``: nothing of the tenant is left in storage."""
        await self._storage.delete_prefix(service.area_of(new.id))

    @activity.defn(name="tenants.grant_quota")
    async def grant_quota(self, new: NewTenant) -> None:
        """Write what the tenant may use."""
        async with self._work(new) as uow:
            if await uow.once(effect_key("grant_quota")):
                await service.require_begun(uow, new)
                await TenantRepository(uow.session).entitle(new.id, service.STARTING_LIMITS)

    @activity.defn(name="tenants.revoke_quota")
    async def revoke_quota(self, new: NewTenant) -> None:
        """Undo ``grant_quota``."""
        async with self._work(new) as uow:
            await TenantRepository(uow.session).revoke_entitlements(new.id)
            await uow.forget(effect_key("grant_quota"))

    @activity.defn(name="tenants.send_welcome")
    async def send_welcome(self, new: NewTenant) -> None:
        """Greet the owner."""
        key = effect_key("send_welcome")
        async with self._work(new) as uow:
            await service.require_begun(uow, new)
            wanted = await begin(uow, key)
            locale = await preferred_locale(uow.session, new.founder.id, new.locale)
        if wanted:
            mail = mails.welcome(new, key=key, url=self._hosts.url(new.slug), locale=locale)
            await finish(partial(self._work, new), key, self._mailer.send(mail))

    @activity.defn(name="tenants.open_tenant")
    async def open_tenant(self, new: NewTenant) -> None:
        """Let people in, and tell the founder's open pages."""
        async with self._work(new) as uow:
            if await uow.once(effect_key("open_tenant")):
                await service.require_begun(uow, new)
                await service.open_tenant(uow, new)
                await notices.welcome(uow, new)
        async with self._db.unit_of_work(HOME_TENANT_ID, "tenants", actor_id=new.founder.id) as uow:
            service.announce_to_founder(uow, new)

    def _work(self, new: NewTenant) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._db.unit_of_work(new.id, "tenants", actor_id=new.founder.id)
