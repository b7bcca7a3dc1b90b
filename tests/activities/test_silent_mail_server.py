"""A mail server that takes connections and says nothing: what sends mails waits, and nothing else does."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from core.runs.report import RunReport
from entrypoints.worker import ACTIVITIES_AT_ONCE, _collaborators as collaborators
from tests.support.waiting import eventually
from tests.support.workbench import workbench
from tests.workflows.auth.conftest import applicant, register
from tests.workflows.branding.conftest import publication, publish
from workflows.branding.start import start_publication

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    from sqlalchemy.pool import AsyncAdaptedQueuePool
    from temporalio.client import Client

    from core.db import Database
    from core.keys.ring import KeyRing
    from core.settings import Settings
    from tests.support.mails import Mailbox
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn
    from tests.support.workbench import Workbench

FEW = 2
"""Connections that whatever else goes on may hold at one moment."""


class SilentServer:
    """Who is connected and waits for a greeting."""

    def __init__(self) -> None:
        self.waiting: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Hang up, and take no more."""
        if self._server:
            self._server.close()
        for writer in self.waiting:
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.waiting.add(writer)
        try:
            await reader.read()  # until whoever waits has given up
        except ConnectionError:
            pass
        finally:
            self.waiting.discard(writer)
            writer.close()


@pytest.fixture
async def silent() -> AsyncIterator[SilentServer]:
    server = SilentServer()
    yield server
    server.stop()


@pytest.fixture
async def bench(
    settings: Settings,
    temporal_client: Client,
    owner_connection: asyncpg.Connection,
    mailbox: Mailbox,
    silent: SilentServer,
) -> AsyncIterator[Workbench]:
    own = settings.model_copy(update={"smtp_url": await silent.start()})
    async with workbench(own, temporal_client, ["auth", "branding"], owner_connection, mailbox) as found:
        yield found
        silent.stop()


def connections(db: Database) -> AsyncAdaptedQueuePool:
    pool: AsyncAdaptedQueuePool = db.engine.pool  # type: ignore[assignment]  # what an async engine has
    return pool


async def test_other_features_go_on_while_every_mail_waits(
    *, bench: Workbench, silent: SilentServer, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    runs = [await register(bench, applicant(f"waits-{number}")) for number in range(ACTIVITIES_AT_ONCE)]
    await eventually(lambda: len(silent.waiting) >= ACTIVITIES_AT_ONCE, seconds=20)
    assert connections(bench.db).checkedout() <= FEW

    acme = two_tenants.acme
    published = await publish(bench, publication(acme))
    assert (await bench.result(published))["outcome"] == "published"
    visitor = await sign_in(acme, "admin")
    assert (await visitor.get(acme.url("/admin/branding"))).status == 200
    assert (await bench.steps(runs[0]))["send_link"] in {"running", "retrying"}


async def test_what_runs_do_is_recorded_while_activities_hold_every_connection(
    settings: Settings,
    ring: KeyRing,
    temporal_client: Client,
    owner_connection: asyncpg.Connection,
    two_tenants: TwoTenants,
) -> None:
    acme = two_tenants.acme
    async with AsyncExitStack() as stack:
        given = await collaborators(settings, ring, temporal_client, stack)
        async with given.db.unit_of_work(acme.id, "branding", actor_id=acme.people["admin"].id) as uow:
            run = await start_publication(uow, publication(acme))
        async with AsyncExitStack() as held:
            for _ in range(connections(given.db).size()):
                await held.enter_async_context(given.db.unit_of_work(acme.id, "files"))
            await given.recorder.record(RunReport(acme.id, run.id, state="running"))
        assert await owner_connection.fetchval("select state from platform.runs where id = $1", run.id) == "running"
