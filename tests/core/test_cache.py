from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from core.cache import Cache
from core.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def counting() -> tuple[Callable[[], Awaitable[int]], list[int]]:
    calls: list[int] = []

    async def load() -> int:
        calls.append(1)
        await asyncio.sleep(0.02)
        return len(calls)

    return load, calls


async def test_what_was_read_is_kept_for_its_tenant_alone(redis: Redis) -> None:
    cache, (load, calls) = Cache(redis), counting()
    acme, globex = new_id(), new_id()
    assert await cache.get(acme, "files", "usage", load) == 1
    assert await cache.get(acme, "files", "usage", load) == 1
    assert await cache.get(globex, "files", "usage", load) == 2
    assert len(calls) == 2


async def test_many_who_ask_at_once_are_served_by_one_reading(redis: Redis) -> None:
    cache, (load, calls) = Cache(redis), counting()
    tenant = new_id()
    # Fifty connections are opened first: opening them can take longer than the cache waits for Redis.
    await asyncio.gather(*(redis.ping() for _ in range(50)))
    assert set(await asyncio.gather(*(cache.get(tenant, "files", "k", load) for _ in range(50)))) == {1}
    assert len(calls) == 1


async def test_an_invalidated_tag_takes_its_entries_with_it(redis: Redis) -> None:
    cache, (load, _) = Cache(redis), counting()
    tenant = new_id()
    assert await cache.get(tenant, "files", "k", load, tags=("people",)) == 1
    await cache.invalidate(tenant, "other")
    assert await cache.get(tenant, "files", "k", load, tags=("people",)) == 1
    await cache.invalidate(tenant, "people")
    assert await cache.get(tenant, "files", "k", load, tags=("people",)) == 2
    await cache.invalidate(tenant, "files")
    assert await cache.get(tenant, "files", "k", load, tags=("people",)) == 3


async def test_what_was_read_before_an_invalidation_is_not_found_after(redis: Redis) -> None:
    cache, tenant = Cache(redis), new_id()
    reading = asyncio.Event()

    async def old() -> str:
        reading.set()
        await asyncio.sleep(0.1)
        return "old"

    async def new() -> str:
        return "new"

    late = asyncio.create_task(cache.get(tenant, "files", "k", old))
    await reading.wait()
    await cache.invalidate(tenant, "files")
    assert await late == "old"
    assert await cache.get(tenant, "files", "k", new) == "new"


async def test_without_redis_everything_is_read_anew() -> None:
    cache, (load, calls) = Cache(Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.1)), counting()
    tenant = new_id()
    assert [await cache.get(tenant, "files", "k", load) for _ in range(3)] == [1, 2, 3]
    assert len(calls) == 3
