"""The rows of the key ring: keys as they are stored, wrapped, and the locks under which they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  # a dataclass's field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from core.ids import new_id
from core.keys.errors import ErasedError

if TYPE_CHECKING:
    from core.db import UnitOfWork

KEYS = "keys"
"""In whose name a unit of work touches the ring: the role ``adx_keys``, which alone reaches its tables."""

CHANNEL = "adx_keys"
"""Where PostgreSQL tells, with the commit, that keys of a tenant were made or destroyed."""

BEFORE_ALL = UUID(int=0)
"""Before the first id, where going through all of them begins."""

OF_TENANT = text("select id, version, wrapped, created_at from platform.tenant_keys order by version")
LOCK = text("select id from platform.tenant_keys where version = 1 for update")
INSERT = text("""
    insert into platform.tenant_keys (tenant_id, id, version, wrapped) values (:tenant_id, :id, :version, :wrapped)
    on conflict do nothing
""")
BURY = text("""
    insert into platform.tenant_keys (tenant_id, id, version, destroyed_at) values (:tenant_id, :id, 1, now())
    on conflict do nothing
""")
DESTROY = text("update platform.tenant_keys set wrapped = null, destroyed_at = now() where wrapped is not null")
PERSON = text("select id, tenant_key_id, wrapped from platform.person_keys where person_id = :person_id")
PERSON_BY_ID = text("select id, tenant_key_id, wrapped from platform.person_keys where id = :id")
INSERT_PERSON = text("""
    insert into platform.person_keys (tenant_id, id, person_id, tenant_key_id, wrapped)
    values (:tenant_id, :id, :person_id, :tenant_key_id, :wrapped) on conflict (tenant_id, person_id) do nothing
""")
DESTROY_PERSON = text("""
    insert into platform.person_keys (tenant_id, id, person_id, tenant_key_id, destroyed_at)
    select :tenant_id, :id, :person_id, k.id, now() from platform.tenant_keys k where k.version = 1
    on conflict (tenant_id, person_id) do update set wrapped = null, destroyed_at = now()
""")
DESTROY_PEOPLE = text("update platform.person_keys set wrapped = null, destroyed_at = now() where wrapped is not null")
PEOPLE_WRAPPED_BY_OTHERS = text("""
    select id, tenant_key_id, wrapped from platform.person_keys
    where wrapped is not null and tenant_key_id <> :tenant_key_id order by id limit :limit for update
""")
REWRAP_PEOPLE = text("""
    update platform.person_keys p set wrapped = n.wrapped, tenant_key_id = :tenant_key_id
    from unnest(cast(:ids as uuid[]), cast(:wrapped as bytea[])) as n (id, wrapped) where p.id = n.id
""")
TELL = text("select pg_notify(:channel, :tenant_id)")


@dataclass(frozen=True, slots=True)
class TenantKeyRow:
    """One version of a tenant's key; without ``wrapped`` it is destroyed."""

    id: UUID
    version: int
    wrapped: bytes | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PersonKeyRow:
    """The key of a person in a tenant, and the tenant's key that wraps it."""

    id: UUID
    tenant_key_id: UUID
    wrapped: bytes | None


def tenant_context(tenant_id: UUID, key_id: UUID) -> str:
    """Return what the root key binds a tenant's key to."""
    return f"tenant_keys/{tenant_id}/{key_id}"


async def of_tenant(uow: UnitOfWork) -> list[TenantKeyRow]:
    """Return all versions of the tenant's key, the newest last."""
    return [TenantKeyRow(*row) for row in await uow.session.execute(OF_TENANT)]


async def locked(uow: UnitOfWork) -> list[TenantKeyRow]:
    """Return them for a change that no other may run beside; raises :class:`ErasedError` when they are destroyed."""
    await uow.session.execute(LOCK)
    rows = await of_tenant(uow)
    if any(row.wrapped is None for row in rows):
        raise ErasedError.of_tenant()
    return rows


async def add(uow: UnitOfWork, key_id: UUID, version: int, wrapped: bytes) -> None:
    """Add a version; one that another process has added in the meantime stays instead."""
    await uow.session.execute(
        INSERT, {"tenant_id": uow.tenant_id, "id": key_id, "version": version, "wrapped": wrapped}
    )
    await tell(uow)


async def destroy(uow: UnitOfWork) -> None:
    """Destroy every key of the tenant and of its people, for good: none can be made in their place."""
    await uow.session.execute(BURY, {"tenant_id": uow.tenant_id, "id": new_id()})
    await uow.session.execute(LOCK)
    await uow.session.execute(DESTROY)
    await uow.session.execute(DESTROY_PEOPLE)
    await tell(uow)


async def of_person(uow: UnitOfWork, person_id: UUID) -> PersonKeyRow | None:
    """Return the key of a person, if one was ever made or destroyed."""
    row = (await uow.session.execute(PERSON, {"person_id": person_id})).one_or_none()
    return PersonKeyRow(*row) if row else None


async def person_key(uow: UnitOfWork, key_id: UUID) -> PersonKeyRow | None:
    """Return a person's key by its own id."""
    row = (await uow.session.execute(PERSON_BY_ID, {"id": key_id})).one_or_none()
    return PersonKeyRow(*row) if row else None


async def add_person(uow: UnitOfWork, key_id: UUID, person_id: UUID, tenant_key_id: UUID, wrapped: bytes) -> None:
    """Add a person's key, unless there is one."""
    row = {"id": key_id, "person_id": person_id, "tenant_key_id": tenant_key_id, "wrapped": wrapped}
    await uow.session.execute(INSERT_PERSON, {"tenant_id": uow.tenant_id, **row})


async def destroy_person(uow: UnitOfWork, person_id: UUID) -> None:
    """Destroy the key of a person, for good; one that never had a key cannot get one."""
    await uow.session.execute(DESTROY_PERSON, {"tenant_id": uow.tenant_id, "id": new_id(), "person_id": person_id})
    await tell(uow)


async def people_wrapped_by_others(uow: UnitOfWork, tenant_key_id: UUID, limit: int) -> list[PersonKeyRow]:
    """Return people's keys that another version of the tenant's key wraps, locked."""
    found = await uow.session.execute(PEOPLE_WRAPPED_BY_OTHERS, {"tenant_key_id": tenant_key_id, "limit": limit})
    return [PersonKeyRow(*row) for row in found]


async def rewrap_people(uow: UnitOfWork, tenant_key_id: UUID, wrapped: dict[UUID, bytes]) -> None:
    """Store people's keys as a version has wrapped them."""
    given = {"tenant_key_id": tenant_key_id, "ids": list(wrapped), "wrapped": list(wrapped.values())}
    await uow.session.execute(REWRAP_PEOPLE, given)


async def tell(uow: UnitOfWork) -> None:
    """Have every process forget the keys of the tenant, once this is committed."""
    await uow.session.execute(TELL, {"channel": CHANNEL, "tenant_id": str(uow.tenant_id)})
