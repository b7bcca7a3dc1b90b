from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.ids import new_id
from core.throttle import Limit, Throttle

if TYPE_CHECKING:
    import asyncpg
    from redis.asyncio import Redis

    from core.db import Database


async def test_a_window_slides(redis: Redis, db: Database) -> None:
    throttle, limit, who = Throttle(redis, db), Limit("slides", 3, 1), str(new_id())
    assert [await throttle.hit(limit, who) for _ in range(4)] == [0, 0, 0, 1]
    await asyncio.sleep(1.05)
    assert await throttle.hit(limit, who) == 0


async def test_refused_tries_do_not_lengthen_the_wait(redis: Redis, db: Database) -> None:
    throttle, limit, who = Throttle(redis, db), Limit("waits", 1, 1), str(new_id())
    assert await throttle.hit(limit, who) == 0
    for _ in range(10):
        assert await throttle.hit(limit, who) == 1
    await asyncio.sleep(1.05)
    assert await throttle.hit(limit, who) == 0


async def test_keys_hold_no_names(redis: Redis, db: Database, owner_connection: asyncpg.Connection) -> None:
    throttle, name = Throttle(redis, db), f"lovelace-{new_id()}@example.com"
    await throttle.hit(Limit("names", 3, 60), name)
    await throttle._hit_in_database("adx:throttle:names:x", Limit("names", 3, 60))
    keys = [str(key) for key in await redis.keys("adx:throttle:*")]
    keys += [row["key"] for row in await owner_connection.fetch("select key from platform.throttle")]
    assert keys
    assert not [key for key in keys if "lovelace" in key]
