"""A worker of the bench: the bare workflows on a plain client, and the empty one with the kit.

The bare side has the product's activities and collaborators; no interceptor, no recording, no encryption.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.runs.recording import RecordingActivities
from core.keys.watch import open_ring
from core.runs.interceptor import RecordingInterceptor
from core.runs.report import RECORD_ACTIVITY
from core.runs.temporal import connect
from core.settings import Settings
from core.telemetry import configure_logging
from entrypoints.activities import activities
from entrypoints.worker import _collaborators
from tests.bench.flows import BARE_QUEUE, NOOP, BareIngest, BareNoop, BareProvision, Noop, noops

if TYPE_CHECKING:
    from collections.abc import Callable


async def main() -> None:
    """Work until told to stop."""
    settings = Settings.load()
    configure_logging(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    plain = await Client.connect(settings.temporal_address, data_converter=pydantic_data_converter)
    async with AsyncExitStack() as stack:
        ring = await open_ring(settings, stack)
        client = await connect(settings, ring)
        given = await _collaborators(settings, ring, client, stack)
        known = [*activities("tenants", given), *activities("files", given)]
        product = [found for found in known if _is_plain(found)]
        pollers = PollerBehaviorAutoscaling(initial=2, maximum=20)
        bare = Worker(
            plain,
            task_queue=BARE_QUEUE,
            workflows=[BareIngest, BareNoop, BareProvision],
            activities=[*product, *noops()],
            activity_executor=ThreadPoolExecutor(4),
            workflow_task_poller_behavior=pollers,
            activity_task_poller_behavior=pollers,
        )
        kit = Worker(
            client,
            task_queue=NOOP.feature,
            workflows=[Noop],
            activities=[*noops(), RecordingActivities(given.recorder).record],
            interceptors=[RecordingInterceptor(given.recorder, {NOOP.name: NOOP})],
            workflow_task_poller_behavior=pollers,
            activity_task_poller_behavior=pollers,
        )
        await stack.enter_async_context(bare)
        await stack.enter_async_context(kit)
        sys.stdout.write("working\n")
        sys.stdout.flush()
        await stop.wait()
    await asyncio.sleep(0.3)


def _is_plain(found: Callable[..., Any]) -> bool:
    return activity._Definition.must_from_callable(found).name != RECORD_ACTIVITY


if __name__ == "__main__":
    asyncio.run(main())
