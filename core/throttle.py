"""Limits on how often something may be tried: counted before it is evaluated, atomically, and never open.

Counted in Redis over a sliding window. While Redis is down PostgreSQL counts, in fixed windows. When neither answers,
the attempt is refused.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.context import HOME_TENANT_ID
from core.errors import UnavailableError
from core.messages import messages_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from core.db import Database

N_ = messages_of("kit")
log = structlog.get_logger(__name__)

# The server's own clock, so that web processes whose clocks differ count in one window. Refused tries are not counted:
# somebody who keeps trying does not keep the rightful owner out.
COUNT = """
local now = redis.call('TIME')
local at = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
local window = tonumber(ARGV[2]) * 1000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at - window)
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('ZADD', KEYS[1], at, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return 0
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return math.max(1, tonumber(oldest[2]) + window - at)
"""
COUNT_IN_DATABASE = text("""
    insert into platform.throttle as t (key, window_start, hits) values (:key, :window_start, 1)
    on conflict (key, window_start) do update set hits = t.hits + 1 where t.hits < :limit
    returning hits
""")
FORGET = text("delete from platform.throttle where window_start < :before")
REDIS_SECONDS = 1
"""How long Redis may take to count: one that answers nothing at all must not keep people from signing in."""

FORGET_ONCE_IN = 200
KEPT = timedelta(days=2)
REST_AFTER_FAILURE = 2.0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``hits`` within ``seconds``, for each distinct key."""

    name: str
    hits: int
    seconds: int


class Throttle:
    """Counts attempts across all processes."""

    def __init__(self, redis: Redis, db: Database) -> None:
        self._db = db
        self._count = redis.register_script(COUNT)
        # A flood waits its turn here. Were it to run out of connections, part of it would be counted elsewhere.
        self._resting_until = 0.0
        self._redis_turns = asyncio.Semaphore(32)
        self._database_turns = asyncio.Semaphore(4)

    async def hit(self, limit: Limit, *who: str) -> int:
        """Count one attempt; returns 0 when it may go on, else the seconds until the next one may.

        Raises:
            UnavailableError: neither Redis nor the database could count it.
        """
        key = _key(limit, who)
        async with self._redis_turns:
            wait = await self._hit_in_redis(key, limit) if time.monotonic() >= self._resting_until else None
        return await self._hit_in_database(key, limit) if wait is None else wait

    async def _hit_in_redis(self, key: str, limit: Limit) -> int | None:
        """Count in Redis; None when it does not answer, and then nothing is asked of it for a moment."""
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                wait = await self._count(keys=[key], args=[limit.hits, limit.seconds, secrets.token_hex(8)])
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("throttle.redis_down", limit=limit.name, error=str(error))
            self._resting_until = time.monotonic() + REST_AFTER_FAILURE
            return None
        return math.ceil(int(wait) / 1000)

    async def _hit_in_database(self, key: str, limit: Limit) -> int:
        now = datetime.now(UTC)
        passed = now.timestamp() % limit.seconds
        start = now - timedelta(seconds=passed, microseconds=0)
        params: dict[str, Any] = {
            "key": key,
            "window_start": datetime.fromtimestamp(round(start.timestamp()), UTC),
            "limit": limit.hits,
        }
        try:
            async with self._database_turns, self._db.unit_of_work(HOME_TENANT_ID, "gateway") as uow:
                counted = (await uow.session.execute(COUNT_IN_DATABASE, params)).first()
                if random.randrange(FORGET_ONCE_IN) == 0:  # noqa: S311  # house-keeping, now and then
                    await uow.session.execute(FORGET, {"before": now - KEPT})
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise UnavailableError(
                N_("This cannot be checked at the moment. Nothing was changed; try again in a minute."),
                code="throttle_down",
                retry_after=30,
            ) from error
        return 0 if counted else max(1, math.ceil(limit.seconds - passed))


def _key(limit: Limit, who: tuple[str, ...]) -> str:
    """Return a key without personal data: who is counted is only there as a digest."""
    digest = hashlib.sha256("\0".join(who).encode()).hexdigest()[:32]
    return f"adx:throttle:{limit.name}:{digest}"
