from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from core.context import HOME_TENANT_ID
from core.db import Database
from core.health import Check, Health, is_ready, ping_clamd
from core.ids import new_id
from core.storage import Storage
from entrypoints.embedded.program import free_port
from tests.support.waiting import eventually
from workflows.runs.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import asyncpg

    from core.settings import Settings

NOTHING_ELSE_WAITS = """
    update platform.runs set changed_at = now() where state = 'launching';
    update platform.outbox set created_at = now();
"""
"""What other tests have left behind."""

ADD_OLD_FACT = """
    insert into platform.outbox (tenant_id, id, fact, created_at) values ($1, $2, '{}', now() - interval '65 seconds')
    returning id
"""


async def test_everything_is_up(settings: Settings, db: Database, redis: Redis, temporal_client: Client) -> None:
    storage = Storage.from_url(settings.storage_url)
    checks = await Health(settings, db=db, redis=redis, storage=storage, temporal=temporal_client).check()
    assert {name: check.state for name, check in checks.items()} == {
        "database": "up",
        "redis": "up",
        "temporal": "up",
        "storage": "up",
        "mail": "up",
        "clamd": "off",
    }
    assert is_ready(checks)


async def test_work_that_nobody_does_is_told_and_keeps_no_page_from_being_served(
    settings: Settings, db: Database, redis: Redis, temporal_client: Client, owner_connection: asyncpg.Connection
) -> None:
    storage, queue = Storage.from_url(settings.storage_url), f"idle-{new_id()}"
    health = Health(settings, db=db, redis=redis, storage=storage, temporal=temporal_client, queues=(queue,))
    assert (await health.check())["workers"].detail == f"ConnectionError: nobody works for {queue}"
    async with Worker(temporal_client, task_queue=queue, workflows=[Sweep], activities=[_nothing]):

        async def is_served() -> bool:
            return (await health.check())["workers"].state == "up"

        await eventually(is_served)
    await owner_connection.execute(NOTHING_ELSE_WAITS)
    fact = await owner_connection.fetchval(ADD_OLD_FACT, HOME_TENANT_ID, new_id())
    try:
        found = await health.check()
    finally:
        await owner_connection.execute("delete from platform.outbox where id = $1", fact)
    assert found["runs"].state == "down"
    assert "outbox 6" in found["runs"].detail
    assert is_ready(found)


@activity.defn(name="nothing")
async def _nothing() -> None:
    """What makes a worker ask for activities too."""


async def test_however_many_ask_the_dependencies_are_asked_once_in_two_seconds(
    settings: Settings, db: Database, redis: Redis, temporal_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health(
        settings, db=db, redis=redis, storage=Storage.from_url(settings.storage_url), temporal=temporal_client
    )
    now, asked, check = 100.0, [], health.check

    async def counted() -> dict[str, Check]:
        asked.append(now)
        return await check()

    monkeypatch.setattr("core.health.clock", lambda: now)
    monkeypatch.setattr(health, "check", counted)
    first = asyncio.create_task(health.recent())
    others = [asyncio.create_task(health.recent()) for _ in range(50)]
    await asyncio.sleep(0)
    first.cancel()  # whose asker goes away
    assert all(is_ready(checks) for checks in await asyncio.gather(*others))

    now += 1.9
    await health.recent()
    assert asked == [100.0]
    now += 0.1
    assert is_ready(await health.recent())
    assert asked == [100.0, 102.0]


async def test_what_is_down_is_told_apart_and_only_the_database_is_vital(settings: Settings, db: Database) -> None:
    port = free_port()
    gone = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}", "clamd_url": f"tcp://127.0.0.1:{port}"})
    lazy = await Client.connect(f"127.0.0.1:{port}", lazy=True)
    async with Redis(port=port) as redis:
        storage = Storage.from_url(settings.storage_url)
        checks = await Health(gone, db=db, redis=redis, storage=storage, temporal=lazy).check()
    assert {name for name, check in checks.items() if check.state == "down"} == {"redis", "temporal", "mail", "clamd"}
    assert is_ready(checks)


async def test_without_its_database_a_process_is_not_ready(settings: Settings, redis: Redis) -> None:
    port = free_port()
    away = settings.model_copy(update={"database_url": f"postgresql://adx_app:x@127.0.0.1:{port}/adx"})
    db, lazy = await Database.connect(away), await Client.connect(f"127.0.0.1:{port}", lazy=True)
    health = Health(away, db=db, redis=redis, storage=Storage.from_url(settings.storage_url), temporal=lazy)
    checks = await health.check()
    await db.close()
    assert (checks["database"].state, is_ready(checks)) == ("down", False)


@pytest.fixture
async def silent_server() -> AsyncIterator[int]:
    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3)
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_a_server_that_says_nothing_takes_two_seconds_at_most(
    settings: Settings, db: Database, redis: Redis, temporal_client: Client, silent_server: int
) -> None:
    silent = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{silent_server}"})
    storage = Storage.from_url(settings.storage_url)
    began = time.monotonic()
    checks = await Health(silent, db=db, redis=redis, storage=storage, temporal=temporal_client).check()
    assert (checks["mail"].state, time.monotonic() - began < 2) == ("down", True)


async def test_what_does_not_end_when_it_is_cancelled_holds_nobody_and_is_not_asked_twice(
    settings: Settings, db: Database, redis: Redis, temporal_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage, asked, over = Storage.from_url(settings.storage_url), [], asyncio.Event()

    async def stubborn(*_: object) -> None:
        asked.append(True)
        while not over.is_set():
            with suppress(asyncio.CancelledError):
                await over.wait()

    monkeypatch.setattr("core.health.SECONDS", 0.2)
    monkeypatch.setattr(storage, "put_bytes", stubborn)
    health = Health(settings, db=db, redis=redis, storage=storage, temporal=temporal_client)
    found = [(await health.check())["storage"] for _ in range(3)]
    assert ([check.state for check in found], asked) == (["down"] * 3, [True])

    over.set()
    monkeypatch.undo()
    await asyncio.gather(*health._asker._hanging.values(), return_exceptions=True)
    assert (await health.check())["storage"].state == "up"


@pytest.fixture
async def no_writes(redis: Redis, owner_connection: asyncpg.Connection) -> AsyncIterator[None]:
    """A database that is read-only, and a Redis that is full."""
    name = await owner_connection.fetchval("select current_database()")
    bound = (await redis.config_get("maxmemory"))["maxmemory"] or 0
    await owner_connection.execute(f"alter database {name} set default_transaction_read_only to on")
    await redis.config_set("maxmemory", 1)
    yield
    await redis.config_set("maxmemory", bound)
    await owner_connection.execute(f"alter database {name} reset default_transaction_read_only")


@pytest.fixture
def blocked_storage(tmp_path: Path) -> Storage:
    """A storage in whose place nothing can be written, not even by root."""
    found = Storage.from_url((tmp_path / "storage").as_uri())
    (tmp_path / "storage").rmdir()
    (tmp_path / "storage").touch()
    return found


@pytest.mark.usefixtures("no_writes")
async def test_what_takes_no_writes_is_down(
    settings: Settings, redis: Redis, temporal_client: Client, blocked_storage: Storage
) -> None:
    db = await Database.connect(settings)
    checks = await Health(settings, db=db, redis=redis, storage=blocked_storage, temporal=temporal_client).check()
    await db.close()
    assert {name for name, check in checks.items() if check.state == "down"} == {"database", "redis", "storage"}
    assert "takes no writes" in checks["database"].detail
    assert "OutOfMemory" in checks["redis"].detail
    assert not is_ready(checks)


async def test_a_stranger_on_the_scanners_port_is_not_taken_for_it(settings: Settings) -> None:
    with pytest.raises(ConnectionError):
        await ping_clamd(settings.smtp_url.replace("smtp://", "tcp://"))
