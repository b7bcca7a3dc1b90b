"""The connection to Redis (or Valkey), with limits on how long it may keep anybody waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis

if TYPE_CHECKING:
    from core.settings import Settings

SECONDS_TO_CONNECT = 1
SECONDS_TO_ANSWER = 5
"""Longer than the longest wait that is asked for (the hub's read). A server that went away in the middle of an answer
would otherwise be waited for without end."""


def open_redis(settings: Settings) -> Redis:
    """Return a client; it connects at its first command, and again after an outage."""
    return Redis.from_url(
        settings.redis_url, socket_connect_timeout=SECONDS_TO_CONNECT, socket_timeout=SECONDS_TO_ANSWER
    )
