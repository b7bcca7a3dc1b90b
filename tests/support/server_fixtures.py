"""Clients of the shared servers, each bound to this worker's database, Redis number and namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from temporalio.testing import WorkflowEnvironment

from activities.files.drawing.studio import Studio
from core.db import Database
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.runs.payloads import data_converter
from core.runs.temporal import connect
from core.settings import Settings
from entrypoints.embedded.temporal import binary
from entrypoints.mailbox.smtp import listen
from entrypoints.mailbox.store import MailStore
from tests.replay.record import SECRET
from tests.support.mails import Mailbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from temporalio.client import Client

    from tests.support.stack import Servers


@pytest.fixture(scope="session")
async def mailbox(servers: Servers) -> AsyncIterator[Mailbox]:
    """Catches every mail of this worker."""
    store = MailStore(servers.state_dir / "mail")
    async with await listen(store, 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield Mailbox(store, f"smtp://127.0.0.1:{port}")


@pytest.fixture(scope="session")
def settings(servers: Servers, mailbox: Mailbox) -> Settings:
    """The settings of a process over this worker's servers."""
    return Settings(
        environment="test",
        database_url=servers.database_url,
        migrate_database_url=servers.migrate_database_url,
        redis_url=servers.redis_url,
        temporal_address=servers.temporal_address,
        temporal_namespace=servers.temporal_namespace,
        storage_url=(servers.state_dir / "storage").as_uri(),
        smtp_url=mailbox.smtp_url,
        clamd_url=None,
        secret_key=SecretStr(SECRET),
        state_dir=servers.state_dir,
    )


@pytest.fixture(scope="session")
async def db(settings: Settings) -> AsyncIterator[Database]:
    """The database as the product sees it: as adx_app, bound by row security."""
    database = await Database.connect(settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def owner_connection(servers: Servers) -> AsyncIterator[asyncpg.Connection]:
    """The same database as superuser, for set-up and for looking behind the product's back."""
    connection = await asyncpg.connect(servers.superuser_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    """This worker's numbered database."""
    client = Redis.from_url(settings.redis_url)
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def ring(settings: Settings, db: Database) -> KeyRing:
    """The key ring of this process. Nobody tells it of destroyed keys, so it remembers none for long."""
    return KeyRing(db, open_kms(settings))


@pytest.fixture(scope="session")
async def temporal_client(settings: Settings, ring: KeyRing) -> Client:
    """A client of this worker's namespace, with the product's own encryption."""
    return await connect(settings, ring)


@pytest.fixture(scope="session")
async def studio() -> AsyncIterator[Studio]:
    """Drawing processes that stay warm for all tests of this worker."""
    found = Studio()
    yield found
    await found.close()


@pytest.fixture(scope="session")
async def time_skipping(ring: KeyRing) -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own on which months pass in milliseconds; no lists, counts or schedules there."""
    path = binary("temporal-test-server")
    converter = data_converter(SECRET.encode(), ring)
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=path, data_converter=converter
    )
    yield environment
    await environment.shutdown()
