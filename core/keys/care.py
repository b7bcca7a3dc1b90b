"""What is done to keys in the course of time: wrapped by a new root, replaced by a new version, destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  # a dataclass's field
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.context import HOME_TENANT_ID
from core.errors import RefusedError
from core.keys import store
from core.keys.sealed import DataKey
from core.keys.store import KEYS, tenant_context
from core.messages import messages_of

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import Database, UnitOfWork
    from core.keys.ring import KeyRing

N_ = messages_of("core")

BATCH = 1000

ALL_TENANTS = text("""
    select tenant_id, id, wrapped from platform.tenant_keys
    where wrapped is not null and id > :after order by id limit :limit
""")
# What a key was wrapped with stands at the beginning of what is wrapped.
ONE_OF_EACH_ROOT = text("""
    select distinct on (substring(wrapped for 9)) tenant_id, id, wrapped from platform.tenant_keys
    where wrapped is not null limit 20
""")
TENANT = text("select id from platform.tenants where slug = :name or id::text = :name")
REWRAP = text("""
    update platform.tenant_keys set wrapped = :new where tenant_id = :tenant_id and id = :id and wrapped = :old
""")
AGES = text("""
    select count(*) filter (where wrapped is not null), count(distinct tenant_id) filter (where wrapped is not null),
        count(distinct tenant_id) filter (where wrapped is null), min(newest) from (
            select *, max(created_at) filter (where wrapped is not null) over (partition by tenant_id) as newest
            from platform.tenant_keys
        ) as keys
""")


@dataclass(frozen=True, slots=True)
class State:
    """Keys that open, whose they are, whose were destroyed, and how old the oldest is that still seals."""

    keys: int
    tenants: int
    erased: int
    oldest: datetime | None


async def tenant_named(db: Database, name: str) -> UUID | None:
    """Return the tenant of a slug, or of an id as text; None when no tenant has it."""
    async with db.platform_unit_of_work() as uow:
        found: UUID | None = await uow.session.scalar(TENANT, {"name": name})
    return found


async def check_root(db: Database, ring: KeyRing) -> None:
    """Open one key of each root that has wrapped any; raises :class:`core.keys.root_file.RootKeyError`."""
    context = "adx doctor"
    await ring.kms.unwrap(await ring.kms.wrap(bytes(32), context), context)
    async with db.platform_unit_of_work() as uow:
        rows = (await uow.session.execute(ONE_OF_EACH_ROOT)).all()
    for tenant_id, key_id, wrapped in rows:
        await ring.kms.unwrap(wrapped, tenant_context(tenant_id, key_id))


async def rotate_root(db: Database, ring: KeyRing) -> int:
    """Wrap the keys of all tenants by the newest root; returns how many. What they have sealed stays as it is.

    May be repeated, and run beside everything else: a key that is destroyed in the meantime stays destroyed.
    """
    done, after = 0, store.BEFORE_ALL
    while True:
        async with db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(ALL_TENANTS, {"after": after, "limit": BATCH})).all()
            for tenant_id, key_id, wrapped in rows:
                context = tenant_context(tenant_id, key_id)
                new = await ring.kms.wrap(await ring.kms.unwrap(wrapped, context), context)
                await uow.session.execute(REWRAP, {"tenant_id": tenant_id, "id": key_id, "old": wrapped, "new": new})
        if not rows:
            return done
        done, after = done + len(rows), rows[-1].id


async def rotate_tenant(db: Database, ring: KeyRing, tenant_id: UUID) -> int:
    """Give a tenant a new version, which seals and wraps from now on; returns its number.

    The older ones stay, for what they have sealed. The keys of its people are wrapped by the new one.
    """
    async with db.unit_of_work(tenant_id, KEYS) as uow:
        rows = await store.locked(uow)
        number = rows[-1].version + 1 if rows else 1
        newest = await ring.add_version(uow, rows)
        older = {row.id: await _key(ring, tenant_id, row) for row in rows}
        await _rewrap_people(uow, newest, older)
        await uow.audit("key.rotated", f"key:{newest.id}", version=number)
    ring.forget(tenant_id)
    return number


async def shred_tenant(db: Database, ring: KeyRing, tenant_id: UUID) -> None:
    """Destroy all keys of a tenant and of its people. Nothing that they have sealed opens again, in any process.

    Raises:
        RefusedError: it is the platform's own tenant.
    """
    if tenant_id == HOME_TENANT_ID:
        raise RefusedError(N_("The platform’s own keys cannot be destroyed."), code="home")
    async with db.unit_of_work(tenant_id, KEYS) as uow:
        await store.destroy(uow)
        await uow.audit("key.shredded", f"tenant:{tenant_id}")
    ring.forget(tenant_id)


async def shred_person(db: Database, ring: KeyRing, tenant_id: UUID, person_id: UUID) -> None:
    """Destroy the key of one person in one tenant; raises :class:`ErasedError` where the tenant's own is destroyed."""
    await ring.newest(tenant_id)  # a person without a key gets a grave, which names a key of the tenant
    async with db.unit_of_work(tenant_id, KEYS) as uow:
        await store.destroy_person(uow, person_id)
        await uow.audit("key.shredded", f"person:{person_id}")
    ring.forget(tenant_id)


async def state_of_keys(db: Database) -> State:
    """Return how it stands with the keys of all tenants."""
    async with db.platform_unit_of_work() as uow:
        return State(*(await uow.session.execute(AGES)).one())


async def _key(ring: KeyRing, tenant_id: UUID, row: store.TenantKeyRow) -> DataKey:
    assert row.wrapped is not None  # of rows that are locked for a change
    return DataKey(row.id, await ring.kms.unwrap(row.wrapped, tenant_context(tenant_id, row.id)))


async def _rewrap_people(uow: UnitOfWork, newest: DataKey, older: dict[UUID, DataKey]) -> None:
    while people := await store.people_wrapped_by_others(uow, newest.id, BATCH):
        wrapped = {}
        for person in people:
            assert person.wrapped is not None  # as asked for
            owner = (uow.tenant_id, person.id)
            wrapped[person.id] = newest.rewrap(person.wrapped, older[person.tenant_key_id], owner)
        await store.rewrap_people(uow, newest.id, wrapped)
