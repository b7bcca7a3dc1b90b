"""The keys of tenants and people, at hand: fetched, unwrapped, remembered for minutes, forgotten when destroyed."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from core.ids import new_id
from core.keys import store
from core.keys.errors import ErasedError
from core.keys.sealed import DataKey, Place, SealedValueError, key_id_of
from core.keys.store import KEYS, tenant_context

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from core.db import Database, UnitOfWork
    from core.keys.kms import Kms
    from core.keys.store import PersonKeyRow, TenantKeyRow

T = TypeVar("T")

KEY_BYTES = 32
KEY_AGE = timedelta(days=90)
"""The age at which a tenant gets a new version: long before a key has sealed the 2^32 values that it may."""

SECONDS_REMEMBERED = 300.0
SECONDS_UNHEARD = 2.0
"""How long a key is believed to be there while nobody tells when one is destroyed."""

SECONDS_HEARD = 4.0
"""How long after it was last known to hear of destroyed keys this process is taken to hear of them."""

MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class _Tenant:
    """The versions of a tenant's key as they were when they were read."""

    rows: tuple[TenantKeyRow, ...]

    @property
    def is_erased(self) -> bool:
        return any(row.wrapped is None for row in self.rows)

    @property
    def is_due(self) -> bool:
        """Whether values need a new version to be sealed with."""
        return not self.rows or datetime.now(UTC) - self.rows[-1].created_at > KEY_AGE


@dataclass(slots=True)
class _Remembered:
    tenant_id: UUID
    value: _Tenant | DataKey
    read_at: float


class KeyRing:
    """Seals and opens. A process has one; what it holds unwrapped never leaves it."""

    def __init__(self, db: Database, kms: Kms) -> None:
        self.kms = kms
        self._db = db
        self._remembered: dict[object, _Remembered] = {}
        self._under_way: dict[tuple[UUID, object], asyncio.Task[Any]] = {}
        self._forgotten = 0
        self._heard_at = -SECONDS_HEARD

    async def seal(self, plain: bytes, place: Place) -> bytes:
        """Return the value sealed for its place, with the person's key if it names one, else with the tenant's newest.

        Raises:
            ErasedError: the key was destroyed, so that nothing may be kept any more.
        """
        tenant_id, person_id = place.tenant_id, place.person_id
        key = await (self.of_person(tenant_id, person_id) if person_id else self.newest(tenant_id))
        return key.seal(plain, place.bound())

    async def open(self, sealed: bytes, place: Place) -> bytes:
        """Return what was sealed for this place.

        Raises:
            ErasedError: the key was destroyed; the value is gone for good.
            SealedValueError: the value was changed, or sealed for another place.
        """
        key_id, find = key_id_of(sealed), self._person_by_id if place.person_id else self.version
        key = await find(place.tenant_id, key_id)
        return key.open(sealed, place.bound())

    async def newest(self, tenant_id: UUID) -> DataKey:
        """Return the version of the tenant's key that seals now; made at the first call, and anew every 90 days."""
        tenant = await self._tenant(tenant_id)
        if tenant.is_due and not tenant.is_erased:
            await self._shared((tenant_id, "new version"), lambda: self._make_version(tenant_id))
            tenant = await self._tenant(tenant_id)
        return await self._unwrapped(tenant_id, tenant, tenant.rows[-1].id)

    async def version(self, tenant_id: UUID, key_id: UUID) -> DataKey:
        """Return a version of the tenant's key by its id, to open with."""
        tenant = await self._tenant(tenant_id)
        if not any(row.id == key_id for row in tenant.rows):
            self.forget(tenant_id)  # another process may just have made it
            tenant = await self._tenant(tenant_id)
        return await self._unwrapped(tenant_id, tenant, key_id)

    async def of_person(self, tenant_id: UUID, person_id: UUID) -> DataKey:
        """Return the key of a person in a tenant; made at the first call."""
        key = self._recall((tenant_id, person_id))
        if isinstance(key, DataKey):
            return key
        return await self._shared((tenant_id, person_id), lambda: self._fetch_person(tenant_id, person_id))

    async def is_erased(self, tenant_id: UUID) -> bool:
        """Whether the keys of a tenant were destroyed."""
        return (await self._tenant(tenant_id)).is_erased

    async def add_version(self, uow: UnitOfWork, rows: list[TenantKeyRow]) -> DataKey:
        """Add a version after those of ``rows``, which the caller has locked."""
        key_id, key = new_id(), os.urandom(KEY_BYTES)
        wrapped = await self.kms.wrap(key, tenant_context(uow.tenant_id, key_id))
        await store.add(uow, key_id, rows[-1].version + 1 if rows else 1, wrapped)
        return DataKey(key_id, key)

    def forget(self, tenant_id: UUID | None = None) -> None:
        """Forget the keys of a tenant, or all of them: they are fetched anew, if they are still there."""
        self._forgotten += 1
        if tenant_id is None:
            self._remembered.clear()
            self._under_way.clear()
            return
        for work in [work for work in self._under_way if work[0] == tenant_id]:
            del self._under_way[work]
        for name in [name for name, item in self._remembered.items() if item.tenant_id == tenant_id]:
            del self._remembered[name]

    def heard(self) -> None:
        """Note that this process would have heard by now of a key that was destroyed."""
        self._heard_at = time.monotonic()

    async def _tenant(self, tenant_id: UUID) -> _Tenant:
        known = self._recall(tenant_id)
        if isinstance(known, _Tenant):
            return known
        return await self._shared((tenant_id, None), lambda: self._fetch_tenant(tenant_id))

    async def _shared(self, name: tuple[UUID, object], work: Callable[[], Coroutine[None, None, T]]) -> T:
        """Do once what several wait for, to its end, also when one of them gives up waiting."""
        task = self._under_way.get(name)
        if task is None:
            task = self._under_way[name] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._ended(name, done))
        found: T = await asyncio.shield(task)
        return found

    def _ended(self, name: tuple[UUID, object], task: asyncio.Task[Any]) -> None:
        if self._under_way.get(name) is task:
            del self._under_way[name]
        if not task.cancelled():
            task.exception()  # told to whoever still waits

    async def _fetch_tenant(self, tenant_id: UUID) -> _Tenant:
        asked = self._forgotten
        async with self._db.unit_of_work(tenant_id, KEYS) as uow:
            tenant = _Tenant(tuple(await store.of_tenant(uow)))
        self._remember(tenant_id, tenant_id, tenant, asked)
        return tenant

    async def _make_version(self, tenant_id: UUID) -> None:
        async with self._db.unit_of_work(tenant_id, KEYS) as uow:
            rows = await store.locked(uow)
            if _Tenant(tuple(rows)).is_due:
                await self.add_version(uow, rows)
        self.forget(tenant_id)

    async def _fetch_person(self, tenant_id: UUID, person_id: UUID) -> DataKey:
        asked = self._forgotten
        async with self._db.unit_of_work(tenant_id, KEYS) as uow:
            row = await store.of_person(uow, person_id)
        if row is None:
            wrapper, key_id = await self.newest(tenant_id), new_id()
            wrapped = wrapper.wrap(os.urandom(KEY_BYTES), (tenant_id, key_id))
            async with self._db.unit_of_work(tenant_id, KEYS) as uow:
                await store.locked(uow)
                await store.add_person(uow, key_id, person_id, wrapper.id, wrapped)
                row = await store.of_person(uow, person_id)
        key = await self._unwrapped_person(tenant_id, row)
        self._remember((tenant_id, person_id), tenant_id, key, asked)
        return key

    async def _unwrapped(self, tenant_id: UUID, tenant: _Tenant, key_id: UUID) -> DataKey:
        if tenant.is_erased:
            raise ErasedError.of_tenant()
        key = self._recall(key_id)
        if isinstance(key, DataKey):
            return key
        row = next((row for row in tenant.rows if row.id == key_id), None)
        if row is None or row.wrapped is None:
            raise SealedValueError("A sealed value names a key that this tenant never had.")
        asked = self._forgotten
        key = DataKey(key_id, await self.kms.unwrap(row.wrapped, tenant_context(tenant_id, key_id)))
        self._remember(key_id, tenant_id, key, asked)
        return key

    async def _person_by_id(self, tenant_id: UUID, key_id: UUID) -> DataKey:
        key = self._recall(key_id)
        if isinstance(key, DataKey):
            return key
        asked = self._forgotten
        async with self._db.unit_of_work(tenant_id, KEYS) as uow:
            row = await store.person_key(uow, key_id)
        key = await self._unwrapped_person(tenant_id, row)
        self._remember(key_id, tenant_id, key, asked)
        return key

    async def _unwrapped_person(self, tenant_id: UUID, row: PersonKeyRow | None) -> DataKey:
        if row is None:
            raise SealedValueError("A sealed value names a key that nobody here ever had.")
        if row.wrapped is None:
            raise ErasedError.of_person()
        wrapper = await self.version(tenant_id, row.tenant_key_id)
        return DataKey(row.id, wrapper.unwrap(row.wrapped, (tenant_id, row.id)))

    def _recall(self, name: object) -> _Tenant | DataKey | None:
        item = self._remembered.get(name)
        if item is None:
            return None
        now = time.monotonic()
        hears = now - self._heard_at < SECONDS_HEARD
        age = now - item.read_at
        return item.value if age < (SECONDS_REMEMBERED if hears else SECONDS_UNHEARD) else None

    def _remember(self, name: object, tenant_id: UUID, value: _Tenant | DataKey, asked: int) -> None:
        if asked != self._forgotten:
            return  # it may have been destroyed since it was read
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[name] = _Remembered(tenant_id, value, time.monotonic())
