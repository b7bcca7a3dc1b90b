"""After a commit: start the workflows and deliver the facts that the transaction left behind.

Both are attempts. What fails here, or is cut off by a crash, is still in its table and is picked up by the sweep.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from pydantic import TypeAdapter
from sqlalchemy import text
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from core.db.unit_of_work import PendingStart
from core.runs.contract import UNWIND, workflow_id

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from uuid import UUID

    from temporalio.client import Client

    from core.db import Database, UnitOfWork
    from core.db.unit_of_work import OutboxFact
    from core.live.fact import Fact
    from core.runs.contract import AnyContract

log = structlog.get_logger()

TENANT_ID = SearchAttributeKey.for_keyword("TenantId")
START_TIMEOUT = timedelta(seconds=5)
SECONDS_TO_FORGET = 1.0
"""How long published facts stay in the outbox, so that one transaction removes many; the sweep looks after 5 s."""

FORGET_FACTS = text("delete from platform.outbox where id = any(:ids)")


class FactTransport(Protocol):
    """What carries facts to the web processes."""

    async def publish(self, facts: Sequence[Fact]) -> object:
        """Deliver in order; raises when that is not possible now."""


def pending_start(row: Any, contracts: Mapping[str, AnyContract]) -> PendingStart:  # noqa: ANN401  # a row of runs
    """Return what starts the workflow of a row of ``platform.runs`` that holds its input.

    Raises ValueError for what a row must not ask for: every feature may write rows, but for their own tenant and actor
    alone.
    """
    run_input = TypeAdapter(contracts[row.contract].input).validate_python(row.input)
    asked = (run_input.tenant_id, run_input.actor_id, row.workflow_id)
    if asked != (row.tenant_id, row.actor_id, workflow_id(row.tenant_id, row.contract, row.id)):
        raise ValueError("the input of the run is not of its own tenant and actor")
    return PendingStart(row.tenant_id, row.contract, row.workflow_id, run_input, row.withdrawn)


async def start_workflow(client: Client, start: PendingStart, *, again: bool = False, unwind: bool = False) -> None:
    """Start the workflow of a run; doing it again changes nothing.

    ``again`` starts another one where the one before has ended without settling its rows; ``unwind`` one that only
    undoes whatever was done, as for a run that was withdrawn.
    """
    policy = WorkflowIDReusePolicy.ALLOW_DUPLICATE if again else WorkflowIDReusePolicy.REJECT_DUPLICATE
    try:
        await client.start_workflow(
            start.contract,
            start.run_input,
            id=start.workflow_id,
            task_queue=start.contract.partition(".")[0],
            id_reuse_policy=policy,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=TypedSearchAttributes([SearchAttributePair(TENANT_ID, str(start.tenant_id))]),
            priority=Priority(fairness_key=str(start.tenant_id)),
            memo={UNWIND: True} if unwind or start.withdrawn else None,
            rpc_timeout=START_TIMEOUT,
        )
    except WorkflowAlreadyStartedError:
        return  # it ran to its end already
    if start.withdrawn:
        await _cancel(client, start.workflow_id)


async def _cancel(client: Client, workflow_id: str) -> None:
    """Cancel the workflow of a withdrawn run: somebody may have started it in earnest at the same moment."""
    try:
        await client.get_workflow_handle(workflow_id).cancel(rpc_timeout=START_TIMEOUT)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise  # otherwise it has ended by now


class RunStarter:
    """Starts the workflows of a committed transaction, without keeping its caller waiting."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._background = _Background()

    async def committed(self, uow: UnitOfWork) -> None:
        """Begin to start what the transaction launched."""
        for start in uow.starts:
            self._background.run(self._start(start))

    async def drain(self) -> None:
        """Wait for the starts under way."""
        await self._background.drain()

    async def _start(self, start: PendingStart) -> None:
        try:
            await start_workflow(self._client, start)
        except Exception as error:  # noqa: BLE001  # whatever it is, the row stays; the sweep comes upon it
            await log.awarning("workflow not started yet; the sweep will", workflow=start.workflow_id, error=str(error))


class OutboxPublisher:
    """Publishes the facts of a committed transaction and then forgets them, in the order of the commits."""

    def __init__(self, db: Database, transport: FactTransport) -> None:
        self._db = db
        self._transport = transport
        self._queue: asyncio.Queue[OutboxFact] = asyncio.Queue()
        self._published: list[UUID] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def committed(self, uow: UnitOfWork) -> None:
        """Queue what the transaction published."""
        for item in uow.facts:
            self._queue.put_nowait(item)

    def start(self) -> None:
        """Begin to publish what is queued."""
        self._tasks = [
            asyncio.create_task(self._publish_for_ever(), name="outbox-publisher"),
            asyncio.create_task(self._forget_for_ever(), name="outbox-forgetter"),
        ]

    async def stop(self) -> None:
        """Publish what is queued, then stop."""
        self._stopping = True  # Python 3.11 can lose a cancel that meets the end of what is waited for
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while not self._queue.empty():
            await self._publish(self._take(self._queue.get_nowait()))
        await self._forget()

    async def _publish_for_ever(self) -> None:
        while not self._stopping:
            await self._publish(self._take(await self._queue.get()))

    def _take(self, first: OutboxFact) -> list[OutboxFact]:
        batch = [first]
        while not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def _publish(self, batch: list[OutboxFact]) -> None:
        try:
            await self._transport.publish([item.fact for item in batch])
        except Exception:  # noqa: BLE001  # whatever it is, the rows stay in the outbox; the sweep publishes them
            await log.awarning("facts not published yet; the sweep will", count=len(batch), exc_info=True)
        else:
            self._published += [item.id for item in batch]

    async def _forget_for_ever(self) -> None:
        while not self._stopping:
            await asyncio.sleep(SECONDS_TO_FORGET)
            await self._forget()

    async def _forget(self) -> None:
        """Remove what is published. What stays is published once more by the sweep, and told once all the same."""
        ids, self._published = self._published, []
        if not ids:
            return
        try:
            await forget_facts(self._db, ids)
        except Exception:  # noqa: BLE001  # the sweep comes upon them
            await log.awarning("published facts still in the outbox", count=len(ids), exc_info=True)


async def forget_facts(db: Database, ids: list[UUID]) -> None:
    """Remove published facts from the outbox."""
    async with db.platform_unit_of_work() as uow:
        await uow.session.execute(FORGET_FACTS, {"ids": ids})


class _Background:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
