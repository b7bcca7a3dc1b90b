"""What Temporal starts by the clock: brought up to date when a worker starts, and back a minute after it is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.service import RPCError

from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entrypoints.manifest import Scheduled

log = structlog.get_logger()

SECONDS_BETWEEN_LOOKS = 60.0


async def ensure_schedules(client: Client, features: Sequence[str]) -> None:
    """Create the schedules of the features, or bring them up to date."""
    for feature, scheduled in REGISTRY.schedules(features):
        if not await _create(client, feature, scheduled):
            schedule = _schedule(feature, scheduled)
            await client.get_schedule_handle(scheduled.id).update(lambda _, to=schedule: ScheduleUpdate(schedule=to))  # type: ignore[misc]  # bound now


async def keep_schedules(client: Client, features: Sequence[str]) -> None:
    """Create again, for ever, what Temporal has lost; what is there stays, paused ones too."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        await bring_back(client, features)


async def bring_back(client: Client, features: Sequence[str]) -> list[str]:
    """Create the schedules that are not there; returns their ids. One that fails keeps no other waiting."""
    back = []
    for feature, scheduled in REGISTRY.schedules(features):
        try:
            if await _create(client, feature, scheduled):
                await log.aerror("a schedule was gone and is there again", schedule=scheduled.id)
                back.append(scheduled.id)
        except (RPCError, RuntimeError):
            await log.awarning("a schedule could not be looked at", schedule=scheduled.id, exc_info=True)
    return back


async def _create(client: Client, feature: str, scheduled: Scheduled) -> bool:
    """Return whether it was not there."""
    try:
        await client.create_schedule(scheduled.id, _schedule(feature, scheduled))
    except ScheduleAlreadyRunningError:
        return False
    return True


def _schedule(feature: str, scheduled: Scheduled) -> Schedule:
    arguments = [] if scheduled.argument is None else [scheduled.argument]
    return Schedule(
        action=ScheduleActionStartWorkflow(
            scheduled.workflow,
            args=arguments,
            id=f"schedule/{scheduled.id}",
            task_queue=feature,
            execution_timeout=scheduled.within,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=scheduled.every)]),
        # After an outage one run is enough: each looks at everything that is there.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
        state=ScheduleState(),
    )
