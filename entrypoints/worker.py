"""The worker process: one Temporal worker a feature, on the feature's own task queue."""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.files.drawing.studio import Studio
from core.confinement import hide_memory
from core.db import CommitHook, Database
from core.keys.watch import open_ring
from core.live.transport import Transport
from core.mail import Mailer
from core.redis import open_redis
from core.runs.dispatch import OutboxPublisher, RunStarter
from core.runs.interceptor import RecordingInterceptor
from core.runs.line import Lines
from core.runs.recorder import Recorder
from core.runs.temporal import connect
from core.scratch import clear_scratch
from core.storage import Storage
from core.telemetry import configure_logging, configure_tracing, serve_metrics
from core.wordings import Wordings
from entrypoints import walls
from entrypoints.activities import activities
from entrypoints.collaborators import Collaborators
from entrypoints.registry import REGISTRY
from entrypoints.schedules import ensure_schedules, keep_schedules
from entrypoints.texts import catalogues

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from temporalio.client import Client

    from core.keys.ring import KeyRing
    from core.settings import Settings

log = structlog.get_logger()

GRACE = timedelta(seconds=20)
"""How long a stopping worker lets its activities finish; below the time after which it is killed."""

HEARTBEAT_THROTTLE = timedelta(seconds=1)
"""Cancelling reaches an activity with its next heartbeat; the SDK's default would hold it back for 8 s."""

ACTIVITIES_AT_ONCE = 20
"""Of one feature in one worker. What is more waits at the server, where each tenant gets its turn."""
CONNECTIONS_TO_RECORD = 3
"""One to write reports, one by one; the others for the durations that are learnt from runs that have ended."""

SECONDS_FOR_LAST_CALLS = 0.3
"""The SDK can abort in a process that ends right after its worker (sdk-python issue 300)."""


def serve(settings: Settings, features: Sequence[str]) -> None:
    """Run the workers of the features until SIGTERM or Ctrl-C."""
    hide_memory()
    configure_logging(settings)
    configure_tracing(settings, "worker")
    walls.ensure(settings, features)
    serve_metrics(settings)
    asyncio.run(_serve(settings, features))


async def _serve(settings: Settings, features: Sequence[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await asyncio.to_thread(clear_scratch)
    async with AsyncExitStack() as stack:
        ring = await open_ring(settings, stack)
        client = await connect(settings, ring)
        given = await _collaborators(settings, ring, client, stack)
        for worker in workers(given, features):
            await stack.enter_async_context(worker)
        await ensure_schedules(client, features)
        keeping = asyncio.create_task(keep_schedules(client, features), name="schedules")
        stack.callback(keeping.cancel)
        await log.ainfo("working", features=",".join(features))
        await stop.wait()
    await asyncio.sleep(SECONDS_FOR_LAST_CALLS)


async def _collaborators(settings: Settings, ring: KeyRing, client: Client, stack: AsyncExitStack) -> Collaborators:
    db = await Database.connect(settings)
    db.keys = ring
    stack.push_async_callback(db.close)
    redis = open_redis(settings)
    stack.push_async_callback(redis.aclose)
    transport = Transport(redis)
    publisher = OutboxPublisher(db, transport)
    stack.push_async_callback(publisher.stop)
    publisher.start()
    starter = RunStarter(client)
    stack.push_async_callback(starter.drain)
    contracts = REGISTRY.contracts
    lines = Lines(db, contracts)
    stack.push_async_callback(lines.drain)
    db.after_commit(publisher)
    db.after_commit(starter)
    db.after_commit(lines)
    recorder = Recorder(await _database_of_the_recorder(settings, stack, publisher, starter, lines), contracts)
    stack.push_async_callback(recorder.stop)
    recorder.start()
    texts = catalogues(settings)
    studio = Studio(lenient=settings.environment == "development")  # starts a process with the first file
    stack.push_async_callback(studio.close)
    return Collaborators(
        settings=settings,
        db=db,
        storage=Storage.from_url(settings.storage_url),
        catalogues=texts,
        mailer=Mailer(settings, texts, Wordings(db)),
        client=client,
        ring=ring,
        studio=studio,
        transport=transport,
        recorder=recorder,
        contracts=contracts,
        notice_kinds=REGISTRY.notice_kinds,
        unsettled=REGISTRY.unsettled,
    )


async def _database_of_the_recorder(settings: Settings, stack: AsyncExitStack, *hooks: CommitHook) -> Database:
    """Connections of its own: what runs do is told even while activities hold all the others."""
    db = await Database.connect(settings, pool_size=CONNECTIONS_TO_RECORD, overflow=0)
    stack.push_async_callback(db.close)
    for hook in hooks:
        db.after_commit(hook)
    return db


def workers(
    given: Collaborators, features: Iterable[str], *, throttle: timedelta = HEARTBEAT_THROTTLE
) -> Iterable[Worker]:
    """Return the workers of the features, not started yet; heartbeats reach the server ``throttle`` apart."""
    interceptor = RecordingInterceptor(given.recorder, given.contracts)
    for feature in features:
        yield Worker(
            given.client,
            task_queue=feature,
            workflows=list(REGISTRY.workflows(feature)),
            activities=activities(feature, given),
            activity_executor=ThreadPoolExecutor(ACTIVITIES_AT_ONCE),
            max_concurrent_activities=ACTIVITIES_AT_ONCE,
            interceptors=[interceptor],
            workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=2, maximum=20),
            activity_task_poller_behavior=PollerBehaviorAutoscaling(initial=2, maximum=20),
            graceful_shutdown_timeout=GRACE,
            default_heartbeat_throttle_interval=throttle,
            max_heartbeat_throttle_interval=throttle,
        )
