"""Hears, in every process, of keys that were made or destroyed, so that a destroyed one is used no second longer.

PostgreSQL tells it with the commit, so there is no moment at which one has happened without the other. Whether the
connection still hears is asked every other second; a ring that cannot hear trusts what it remembers for two seconds.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import structlog

from core.db import Database
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.keys.store import CHANNEL

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from core.settings import Settings

log = structlog.get_logger()

CONNECTIONS = 2
SECONDS_BETWEEN_QUESTIONS = 1.5
SECONDS_TO_ANSWER = 2.0
SECONDS_TO_CONNECT = 5.0
LONGEST_PAUSE = 5.0
OUTAGE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def open_ring(settings: Settings, stack: AsyncExitStack) -> KeyRing:
    """Return the key ring of a process, which hears of destroyed keys until ``stack`` is taken down.

    It has connections of its own: keys are needed also while activities or pages hold all others.
    """
    db = await Database.connect(settings, pool_size=CONNECTIONS, overflow=0)
    stack.push_async_callback(db.close)
    ring = KeyRing(db, open_kms(settings))
    watch = KeyWatch(settings, ring)
    stack.push_async_callback(watch.stop)
    watch.start()
    return ring


class KeyWatch:
    """Listens on a connection of its own, and again after an outage."""

    def __init__(self, settings: Settings, ring: KeyRing) -> None:
        self._url = settings.database_url
        self._ring = ring
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.listening = asyncio.Event()
        """Set while a change of keys is heard of at once."""

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen_for_ever(), name="key-watch")

    async def stop(self) -> None:
        """Stop listening."""
        self._stopping = True  # Python 3.11 can lose a cancel that meets the end of what is waited for
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen_for_ever(self) -> None:
        pause = 0.0
        while not self._stopping:
            try:
                await self._listen()
            except OUTAGE as error:
                if self.listening.is_set() or not pause:
                    log.warning("keys are remembered for seconds only: no news of them", error=str(error))
                pause = 0.1 if self.listening.is_set() else min(LONGEST_PAUSE, 2 * pause or 0.1)
                self.listening.clear()
                await asyncio.sleep(pause)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._url, timeout=SECONDS_TO_CONNECT, server_settings={"application_name": "adx keys"}
        )
        try:
            await connection.add_listener(CHANNEL, self._told)
            self._ring.forget()  # whatever was told while nobody listened
            while not self._stopping:
                self._ring.heard()
                self.listening.set()
                await asyncio.sleep(SECONDS_BETWEEN_QUESTIONS)
                await connection.execute("select 1", timeout=SECONDS_TO_ANSWER)
        finally:
            await _close(connection)

    def _told(self, _connection: object, _pid: int, _channel: str, tenant_id: object) -> None:
        try:
            self._ring.forget(UUID(str(tenant_id)))
        except ValueError:
            self._ring.forget()


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=SECONDS_TO_ANSWER)
    except OUTAGE:
        connection.terminate()
