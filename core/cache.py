"""A cache for what is costly to read: per tenant and feature, tagged, read once however many ask at the same time.

While Redis is down everything is simply read anew. An entry is found by the current versions of its tags, so what was
read before a tag was invalidated is never found after, even when it is written late.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    from redis.asyncio import Redis

log = structlog.get_logger(__name__)
JsonT = TypeVar("JsonT")

TAG_SECONDS = 7 * 24 * 3600
ANSWER_WITHIN = 0.25
REST_AFTER_FAILURE = 2.0
OUTAGE = (RedisError, OSError, TimeoutError)


class Cache:
    """Holds JSON values. Every call names the tenant; there is no way to ask for another's entries by accident."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._loading: dict[str, asyncio.Task[Any]] = {}
        self._resting_until = 0.0

    async def get(
        self,
        tenant_id: UUID,
        feature: str,
        key: str,
        load: Callable[[], Awaitable[JsonT]],
        *,
        seconds: int = 60,
        tags: Sequence[str] = (),
    ) -> JsonT:
        """Return the entry, or what ``load`` returns, kept for ``seconds``.

        An entry always carries the tag of its feature; ``tags`` are further ones, also of the same tenant.
        """
        versions = await self._versions(tenant_id, (feature, *tags))
        if versions is None:
            return await load()
        name = f"adx:cache:{tenant_id}:{feature}:{key}:{'.'.join(versions)}"
        found = await self._read(name)
        if found is not None:
            value: JsonT = json.loads(found)
            return value
        return await self._load_once(name, load, seconds)

    async def invalidate(self, tenant_id: UUID, *tags: str) -> None:
        """Have nothing with one of these tags found again."""
        pipeline = self._redis.pipeline(transaction=False)
        for tag in tags:
            pipeline.set(_tag(tenant_id, tag), secrets.token_hex(6), ex=TAG_SECONDS)
        try:
            await pipeline.execute()
        except OUTAGE as error:
            log.warning("cache.not_invalidated", tags=tags, error=str(error))
            raise

    async def _load_once(self, name: str, load: Callable[[], Awaitable[JsonT]], seconds: int) -> JsonT:
        """Load in a task of its own: one asker going away does not fail the others."""
        task = self._loading.get(name)
        if task is None:
            task = asyncio.ensure_future(self._load(name, load, seconds))
            self._loading[name] = task
            task.add_done_callback(lambda _: self._loading.pop(name, None))
        value: JsonT = await asyncio.shield(task)
        return value

    async def _load(self, name: str, load: Callable[[], Awaitable[object]], seconds: int) -> object:
        value = await load()
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._redis.set(name, json.dumps(value), ex=seconds)
        except OUTAGE as error:
            self._rest(error)
        return value

    async def _versions(self, tenant_id: UUID, tags: Sequence[str]) -> list[str] | None:
        """Return the tags' versions, made up where there are none; None while Redis does not answer."""
        if time.monotonic() < self._resting_until:
            return None
        keys = [_tag(tenant_id, tag) for tag in tags]
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                found = await self._redis.mget(keys)
                return [
                    _text(value) if value else await self._begin(key) for key, value in zip(keys, found, strict=True)
                ]
        except OUTAGE as error:
            self._rest(error)
            return None

    async def _begin(self, key: str) -> str:
        fresh = secrets.token_hex(6)
        earlier = await self._redis.set(key, fresh, ex=TAG_SECONDS, nx=True, get=True)
        return _text(earlier) if isinstance(earlier, (bytes, str)) else fresh

    async def _read(self, name: str) -> bytes | str | None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                found: bytes | str | None = await self._redis.get(name)
                return found
        except OUTAGE as error:
            self._rest(error)
            return None

    def _rest(self, error: Exception) -> None:
        log.warning("cache.redis_down", error=str(error))
        self._resting_until = time.monotonic() + REST_AFTER_FAILURE


def _tag(tenant_id: UUID, tag: str) -> str:
    return f"adx:cache:{tenant_id}:tag:{tag}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
