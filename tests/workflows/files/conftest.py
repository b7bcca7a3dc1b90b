"""Files on their way through the real workflow: real database, Temporal, decoders and rules."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from temporalio import activity
from temporalio.client import Client, Interceptor as ClientInterceptor
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import ActivityInboundInterceptor, Interceptor

from domain.files import service
from entrypoints.worker import _collaborators as collaborators, workers
from tests.factories.files import streamed
from tests.replay.record import save_history
from tests.support.gate import THROTTLE
from workflows.files.start import start_ingest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from uuid import UUID

    import asyncpg
    from temporalio.worker import ExecuteActivityInput

    from activities.files.drawing.studio import Studio
    from core.db import Database
    from core.keys.ring import KeyRing
    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from core.storage import Storage
    from tests.support.tenant_fixtures import TestTenant, TwoTenants

GIGABYTE = 10**9


class Gate(ClientInterceptor, Interceptor):
    """Lets a test step in right before and right after the body of an activity."""

    def __init__(self) -> None:
        self.before: dict[str, Callable[[], Any]] = {}
        self.after: dict[str, Callable[[], Any]] = {}
        self.instead: dict[str, Any] = {}
        self.calls: list[str] = []

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Gated(next, self)


class _Gated(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, gate: Gate) -> None:  # noqa: A002
        super().__init__(next)
        self._gate = gate

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        name = activity.info().activity_type
        self._gate.calls.append(name)
        if name in self._gate.before:
            await self._gate.before[name]()
        result = self._gate.instead[name] if name in self._gate.instead else await super().execute_activity(input)
        if name in self._gate.after:
            await self._gate.after[name]()
        return result


@dataclass
class Works:
    """One tenant's files, with a worker at work."""

    tenant: TestTenant
    db: Database
    storage: Storage
    client: Client
    gate: Gate
    owner: asyncpg.Connection
    ring: KeyRing

    async def upload(self, content: bytes, name: str = "photo.jpg") -> LaunchedRun:
        """Bring a file as far as the page does."""
        ctx = self.tenant.context()
        async with self.db.unit_of_work(ctx, "files") as uow:
            file = await service.begin_upload(uow, ctx.person.id, name, "image/jpeg", len(content))  # type: ignore[union-attr]
        key = service.key_of(self.tenant.id, file.id)
        stored = await self.storage.put_stream(key, streamed(content), limit=len(content))
        async with self.db.unit_of_work(ctx, "files") as uow:
            return await start_ingest(uow, await service.complete_upload(uow, file.id, stored))

    async def result(self, run: LaunchedRun) -> dict[str, Any]:
        """Wait for the end of a run; raises what it ended with."""
        async with asyncio.timeout(60):
            while not await self._has_started(run):  # noqa: ASYNC110  # another process says so
                await asyncio.sleep(0.02)
            result: dict[str, Any] = await self.client.get_workflow_handle(run.workflow_id).result()
        return result

    async def cancel(self, run: LaunchedRun) -> None:
        """Cancel a run, as its card does."""
        await self.client.get_workflow_handle(run.workflow_id).cancel()

    async def reaches(self, run: LaunchedRun, state: str) -> None:
        """Wait until the row of a run says so."""
        query = "select state from platform.runs where id = $1"
        async with asyncio.timeout(30):
            while await self.owner.fetchval(query, run.id) != state:  # noqa: ASYNC110  # another process writes it
                await asyncio.sleep(0.02)

    async def keep_history(self, run: LaunchedRun, path: str) -> None:
        """Store the history of an ended run, to be replayed by every later version."""
        handle = self.client.get_workflow_handle(run.workflow_id)
        await save_history(handle, run.workflow_id.split("/")[1], path)

    async def cancel_from_within(self) -> None:
        """Cancel the run whose activity this is called from."""
        await self.client.get_workflow_handle(activity.info().workflow_id or "").cancel()

    async def _has_started(self, run: LaunchedRun) -> bool:
        try:
            await self.client.get_workflow_handle(run.workflow_id).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def file(self) -> asyncpg.Record:
        """The one file of the tenant."""
        return await self.owner.fetchrow("select * from files.files where tenant_id = $1", self.tenant.id)

    async def usage(self) -> tuple[int, int]:
        row = await self.owner.fetchrow("select used, reserved from files.usage where tenant_id = $1", self.tenant.id)
        return (row["used"], row["reserved"]) if row else (0, 0)

    async def objects(self) -> list[str]:
        """The names of all objects of the tenant, without its folder and the file's."""
        prefix = f"tenants/{self.tenant.id}"
        return sorted([found.key.rpartition("/")[2] async for found in self.storage.list(prefix)])

    async def rows(self) -> dict[str, list[str]]:
        """Every row of the tenant that a run may not leave behind: all but the records of runs themselves."""
        kept = {}
        for table in ("files.files", "files.renditions", "files.usage", "platform.effects"):
            query = f"select t::text from {table} t where tenant_id = $1"  # noqa: S608  # one of the names above
            kept[table] = sorted(row[0] for row in await self.owner.fetch(query, self.tenant.id))
        return kept


async def give_space(owner: asyncpg.Connection, tenant_id: UUID, size: int) -> None:
    """Let the tenant keep ``size`` bytes of files."""
    await owner.execute("insert into platform.entitlements values ($1, 'files.bytes', $2)", tenant_id, size)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def client(temporal_client: Client, gate: Gate) -> Client:
    config = temporal_client.config()
    config["interceptors"] = [*config["interceptors"], gate]
    return Client(**config)


@pytest.fixture
async def works(  # noqa: PLR0917  # fixtures are asked for by name
    settings: Settings,
    ring: KeyRing,
    client: Client,
    gate: Gate,
    two_tenants: TwoTenants,
    owner_connection: asyncpg.Connection,
    studio: Studio,
    tmp_path: Path,
) -> AsyncIterator[Works]:
    await give_space(owner_connection, two_tenants.acme.id, GIGABYTE)
    async with AsyncExitStack() as stack:
        settings = settings.model_copy(update={"storage_url": tmp_path.as_uri()})
        given = await collaborators(settings, ring, client, stack)
        given = replace(given, studio=studio)  # whose processes are warm
        for worker in workers(given, ["files"], throttle=THROTTLE):
            await stack.enter_async_context(worker)
        yield Works(two_tenants.acme, given.db, given.storage, client, gate, owner_connection, ring)
