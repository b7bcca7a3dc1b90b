"""The workers of some features at work in this process, and all that their runs may leave behind."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from temporalio.service import RPCError, RPCStatusCode

from core.keys.watch import open_ring
from entrypoints.worker import _collaborators as collaborators, workers
from tests.replay.record import save_history
from tests.support.gate import THROTTLE, Gate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    import asyncpg
    from temporalio.client import Client, WorkflowHandle

    from core.db import Database
    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from core.storage import Storage
    from tests.support.mails import Mailbox

TABLES = (
    "auth.accounts",
    "auth.verifications",
    "tenants.slugs",
    "tenants.tenants",
    "tenants.memberships",
    "platform.tenants",
    "platform.people",
    "platform.account_tenants",
    "platform.entitlements",
    "platform.effects",
)
"""Everything that a run of auth or tenants writes, but for the records of runs themselves."""


@dataclass(frozen=True)
class Snapshot:
    """Rows, objects and mails at one moment."""

    rows: dict[str, list[str]]
    objects: list[str]
    mails: frozenset[str]


@dataclass
class Workbench:
    """What a test of a workflow needs."""

    settings: Settings
    db: Database
    storage: Storage
    client: Client
    gate: Gate
    owner: asyncpg.Connection
    mailbox: Mailbox

    async def started(self, run: LaunchedRun) -> None:
        """Wait until the workflow of a launched run has started."""
        handle = self.client.get_workflow_handle(run.workflow_id)
        async with asyncio.timeout(15):
            while True:
                try:
                    await handle.describe()
                except RPCError as error:
                    if error.status != RPCStatusCode.NOT_FOUND:
                        raise
                    await asyncio.sleep(0.02)
                else:
                    return

    async def result(self, run: LaunchedRun) -> dict[str, Any]:
        """Wait for the end of a run; raises what it ended with."""
        await self.started(run)
        async with asyncio.timeout(60):
            found: dict[str, Any] = await self.client.get_workflow_handle(run.workflow_id).result()
            return found

    async def until(self, run: LaunchedRun, state: str) -> asyncpg.Record:
        """Wait until the row of a run is in a state, and return it."""
        async with asyncio.timeout(20):
            while True:
                row = await self.owner.fetchrow("select * from platform.runs where id = $1", run.id)
                if row is not None and row["state"] == state:
                    return row
                await asyncio.sleep(0.02)

    async def steps(self, run: LaunchedRun) -> dict[str, str]:
        """The state of each step, as the card shows it."""
        rows = await self.owner.fetch("select name, state from platform.run_steps where run_id = $1", run.id)
        return {row["name"]: row["state"] for row in rows}

    async def snapshot(self) -> Snapshot:
        """Everything that a run could have left behind."""
        rows = {}
        for table in TABLES:
            found = await self.owner.fetch(f"select t::text from {table} t")  # noqa: S608
            rows[table] = sorted(row[0] for row in found)
        objects = sorted([found.key async for found in self.storage.list("")])
        return Snapshot(rows, objects, self.mailbox.ids())

    async def keep_history(self, run: LaunchedRun, path: str) -> None:
        """Store the history of an ended run for the replay tests, when histories are being recorded."""
        contract = run.workflow_id.split("/")[1]
        await save_history(self.client.get_workflow_handle(run.workflow_id), contract, path)


@asynccontextmanager
async def workbench(
    settings: Settings, client: Client, features: Iterable[str], owner: asyncpg.Connection, mailbox: Mailbox
) -> AsyncIterator[Workbench]:
    """Run the workers of the features until the block ends. What other tests left open does not go on in here."""
    await _end_what_is_open(client)
    gate = Gate()
    async with AsyncExitStack() as stack:
        ring = await open_ring(settings, stack)
        given = await collaborators(settings, ring, gate.watched(client), stack)
        for worker in workers(given, features, throttle=THROTTLE):
            await stack.enter_async_context(worker)
        yield Workbench(settings, given.db, given.storage, given.client, gate, owner, mailbox)


async def _end_what_is_open(client: Client) -> None:
    """Terminate the workflows that are open in this test's namespace; the time-skipping server keeps no list of any."""
    try:
        async for found in client.list_workflows("ExecutionStatus = 'Running'"):
            await _end(client.get_workflow_handle(found.id, run_id=found.run_id))
    except RPCError as error:
        if error.status != RPCStatusCode.UNIMPLEMENTED:
            raise


async def _end(open_one: WorkflowHandle[Any, Any]) -> None:
    try:
        await open_one.terminate("left open by another test")
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:  # it has ended since it was listed
            raise
