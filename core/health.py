"""How each dependency is, right now: what ``/health/ready`` and ``adx doctor`` say."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from sqlalchemy import text

from core.ids import new_id
from core.in_time import Asker
from core.runs.survey import backlog, without_workers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis.asyncio import Redis
    from temporalio.client import Client

    from core.db import Database
    from core.settings import Settings
    from core.storage import Storage

SECONDS = 1.5
"""How long one dependency may take to answer; all are asked at once."""

KEPT_SECONDS = 2.0
"""How long what was found is told again."""

REQUIRED = frozenset({"database"})
"""Without these no page can be served; without the others some parts say so and the rest goes on."""

WRITTEN = (
    "select current_setting('server_version'), "
    "current_setting('transaction_read_only') = 'on' or pg_logical_emit_message(true, 'adx.health', '') is null"
)
"""A row that says what it is and whether it is read-only; its commit writes to the log, and needs no table for it."""

PROBE = b"probe" * 1024
PROBE_SECONDS = 60

clock = time.monotonic

DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465, "tcp": 3310}


@dataclass(frozen=True, slots=True)
class Check:
    """One dependency's answer. ``off`` means that none is configured; ``detail`` says what is wrong or what it is."""

    state: Literal["up", "down", "off"]
    detail: str
    milliseconds: float
    required: bool


class Health:
    """Asks every dependency through the connections that the process works with."""

    def __init__(
        self,
        settings: Settings,
        *,
        db: Database,
        redis: Redis,
        storage: Storage,
        temporal: Client,
        queues: Sequence[str] = (),
    ) -> None:
        """``queues`` are those on which somebody has to work."""
        self._settings = settings
        self._queues = queues
        self._db = db
        self._redis = redis
        self._storage = storage
        self._temporal = temporal
        self._asker = Asker()
        self._probe = f"health/{new_id()}"
        self._asking: asyncio.Task[dict[str, Check]] | None = None
        self._asked_at = 0.0

    async def recent(self) -> dict[str, Check]:
        """Return what :meth:`check` finds, or found in the last two seconds: however many ask, it asks but once."""
        if self._asking is None or (self._asking.done() and clock() - self._asked_at >= KEPT_SECONDS):
            self._asked_at = clock()
            self._asking = asyncio.create_task(self.check())
        return await asyncio.shield(self._asking)  # one asker going away does not fail the others

    async def check(self) -> dict[str, Check]:
        """Return the state of each dependency by name, within two seconds whatever they do."""
        asked: dict[str, Callable[[], Awaitable[str]]] = {
            "database": self._ask_database,
            "redis": self._ask_redis,
            "temporal": self._ask_temporal,
            "storage": self._ask_storage,
            "mail": lambda: greet(self._settings.smtp_url),
        }
        if self._queues:
            asked |= {"workers": self._ask_workers, "runs": self._ask_runs}
        if self._settings.clamd_url:
            clamd_url = self._settings.clamd_url
            asked["clamd"] = lambda: ping_clamd(clamd_url)
        checks = await asyncio.gather(*(_timed(name, ask, self._asker) for name, ask in asked.items()))
        found = dict(zip(asked, checks, strict=True))
        return (
            found
            if "clamd" in found
            else found | {"clamd": Check("off", "the built-in scanner is used", 0, required=False)}
        )

    async def _ask_database(self) -> str:
        async with self._db.engine.begin() as connection:
            version, is_read_only = (await connection.execute(text(WRITTEN))).one()
        if is_read_only:
            raise ConnectionError("takes no writes")
        return f"PostgreSQL {version}"

    async def _ask_redis(self) -> str:
        await self._redis.set(self._probe, b"", ex=PROBE_SECONDS)
        return "takes writes"

    async def _ask_temporal(self) -> str:
        if not await self._temporal.service_client.check_health(timeout=timedelta(seconds=SECONDS)):
            raise ConnectionError("it is there, but does not serve")
        return "serves"

    async def _ask_storage(self) -> str:
        await write_and_erase(self._storage, self._probe)
        return "takes writes"

    async def _ask_workers(self) -> str:
        if idle := await without_workers(self._temporal, self._queues):
            raise ConnectionError(f"nobody works for {', '.join(idle)}")
        return "at work"

    async def _ask_runs(self) -> str:
        found = await backlog(self._db)
        waits = (
            f"launching {found.launching.total_seconds():.0f} s, outbox {found.outbox.total_seconds():.0f} s, "
            f"stuck {found.stuck}"
        )
        if found.is_late or found.stuck:
            raise ConnectionError(waits)
        return waits


def is_ready(checks: dict[str, Check]) -> bool:
    """Whether pages can be served: everything required is up."""
    return all(check.state == "up" for check in checks.values() if check.required)


async def write_and_erase(storage: Storage, key: str) -> None:
    """Have the storage take an object, give it back and forget it; ConnectionError when it gives back another."""
    await storage.put_bytes(key, PROBE)
    try:
        if await storage.get_bytes(key) != PROBE:
            raise ConnectionError("what was written is not what was read")
    finally:
        await storage.delete(key)


async def greet(smtp_url: str) -> str:
    """Open a mail server's door and read its greeting."""
    parts = urlsplit(smtp_url)
    secure = parts.scheme == "smtps"
    line = await _exchange(parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme], b"", secure=secure)
    if not line.startswith(b"220"):
        raise ConnectionError(f"greeted with {line[:80]!r}")
    return line[4:84].decode(errors="replace").strip()


async def ping_clamd(clamd_url: str) -> str:
    """Ask ClamAV's daemon for its version."""
    parts = urlsplit(clamd_url)
    if parts.scheme == "unix":
        reader, writer = await asyncio.open_unix_connection(unquote(parts.path))
        answer = await _talk(reader, writer, b"nVERSION\n")
    else:
        answer = await _exchange(parts.hostname or "", parts.port or DEFAULT_PORTS["tcp"], b"nVERSION\n")
    if not answer.startswith(b"ClamAV"):
        raise ConnectionError(f"answered {answer[:80]!r}")
    return answer.decode(errors="replace").strip()


async def _exchange(host: str, port: int, question: bytes, *, secure: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection(host, port, ssl=secure or None)
    return await _talk(reader, writer, question)


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: bytes) -> bytes:
    try:
        writer.write(question)
        return await reader.readline()
    finally:
        writer.close()


async def _timed(name: str, ask: Callable[[], Awaitable[str]], asker: Asker) -> Check:
    began = time.perf_counter()
    state: Literal["up", "down"] = "down"
    try:
        detail = await asker.answered(name, ask, SECONDS)
        state = "up"
    except TimeoutError:
        detail = f"no answer within {SECONDS} seconds"
    except Exception as error:  # noqa: BLE001 - whatever a client raises, its dependency is down
        detail = f"{type(error).__name__}: {error}".partition("\n")[0]
    return Check(state, detail, round((time.perf_counter() - began) * 1000, 1), required=name in REQUIRED)
