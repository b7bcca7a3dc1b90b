"""How the work of runs stands, across all tenants: what metrics, health and ``adx doctor`` tell operators."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError, RPCStatusCode

from core.runs.samples import NO_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from temporalio.client import Client

    from core.db import Database

LATE = timedelta(seconds=60)
"""A run that launches and a fact on its way are picked up within a quarter of a minute, if anybody picks them up."""

POLLED_WITHIN = timedelta(seconds=90)
"""A worker asks for work anew each minute; Temporal remembers it for five more."""

BOTH = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)

BACKLOG = text(f"""
    select
        coalesce((
            select extract(epoch from now() - min(changed_at)) from platform.runs
            where ended_at is null and state = 'launching' and {NO_SAMPLE}), 0)::float as launching,
        coalesce((select extract(epoch from now() - min(created_at)) from platform.outbox), 0)::float as outbox,
        (select count(*) from platform.runs where ended_at is null and state = 'stuck' and {NO_SAMPLE}) as stuck
""")  # noqa: S608  # made of a constant


@dataclass(frozen=True, slots=True)
class Backlog:
    """The age of what waits longest to be started or told, and how many runs wait for engineers."""

    launching: timedelta
    outbox: timedelta
    stuck: int

    @property
    def is_late(self) -> bool:
        """Whether something waits that nobody picks up."""
        return max(self.launching, self.outbox) > LATE


async def backlog(db: Database) -> Backlog:
    """Return what waits now."""
    async with db.platform_unit_of_work() as uow:
        row = (await uow.session.execute(BACKLOG)).one()
    return Backlog(timedelta(seconds=row.launching), timedelta(seconds=row.outbox), row.stuck)


async def without_workers(client: Client, queues: Iterable[str]) -> list[str]:
    """Return the task queues that nobody takes work from. Raises ``RPCError`` when Temporal cannot say."""
    asked = list(queues)
    found = await asyncio.gather(*(_has_workers(client, queue) for queue in asked))
    return [queue for queue, is_served in zip(asked, found, strict=True) if not is_served]


async def missing_schedules(client: Client, ids: Iterable[str]) -> list[str]:
    """Return the schedules that are not there. Raises ``RPCError`` when Temporal cannot say."""
    asked = list(ids)
    found = await asyncio.gather(*(_is_scheduled(client, name) for name in asked))
    return [name for name, is_there in zip(asked, found, strict=True) if not is_there]


async def _has_workers(client: Client, queue: str) -> bool:
    answers = await asyncio.gather(*(_pollers(client, queue, kind) for kind in BOTH))
    return all(answers)


async def _pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> bool:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    answer = await client.workflow_service.describe_task_queue(request)
    since = datetime.now(UTC) - POLLED_WITHIN
    return any(poller.last_access_time.ToDatetime(UTC) > since for poller in answer.pollers)


async def _is_scheduled(client: Client, name: str) -> bool:
    try:
        await client.get_schedule_handle(name).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True
