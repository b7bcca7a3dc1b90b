"""A stage for sample workflows: real database, real Temporal, and activities that do what the test tells them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from temporalio import activity
from temporalio.worker import Worker

from activities.runs.recording import RecordingActivities
from core.db import Database
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.runs.card import RunCard, card_of
from core.runs.dispatch import OutboxPublisher, RunStarter
from core.runs.interceptor import RecordingInterceptor
from core.runs.launch import LaunchedRun, launch
from core.runs.line import Lines
from core.runs.queries import run_of
from core.runs.recorder import Recorder
from core.runs.temporal import RunControl
from tests.support.gate import THROTTLE
from tests.workflows.kit.sample import CONTRACTS, NAMES, UNDONE, WORKFLOWS, SampleInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from temporalio.client import Client, WorkflowHandle

    from core.context import Context
    from core.live.fact import Fact
    from core.runs.contract import AnyContract
    from core.runs.snapshot import RunSnapshot
    from core.settings import Settings

Act = Callable[[], Awaitable[object]]
SOON = 25
LONG = 60


@dataclass
class Script:
    """What the activities of one run do, by name, and the names in the order in which they were called."""

    acts: dict[str, Act] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def fails(self, name: str, error: Exception | None = None, *, times: int | None = None) -> None:
        """Have an activity fail, always or the first few times."""
        left = times

        async def fail() -> None:
            nonlocal left
            if left is None or left > 0:
                left = None if left is None else left - 1
                raise error or ValueError("boom")

        self.acts[name] = fail

    def mend(self, name: str) -> None:
        """Have it work again."""
        del self.acts[name]


class Facts:
    """A transport that keeps what it was given; ``down`` makes it refuse."""

    def __init__(self) -> None:
        self.published: list[Fact] = []
        self.down = False

    async def publish(self, facts: Sequence[Fact]) -> None:
        if self.down:
            raise ConnectionError("no Redis")
        self.published += facts


async def eventually(happened: Callable[[], bool]) -> None:
    """Wait until something is so; fails when it does not become so soon."""
    async with asyncio.timeout(SOON):
        while not happened():  # noqa: ASYNC110  # what is waited for happens elsewhere and sets no event
            await asyncio.sleep(0.01)


def sample_activities(scripts: dict[str, Script]) -> list[Callable[..., Any]]:
    """Return the activities of all sample steps and undos."""

    def make(name: str) -> Callable[..., Any]:
        @activity.defn(name=f"sample.{name}")
        async def act(run_input: SampleInput) -> int:
            script = scripts[run_input.label]
            script.calls.append(name)
            if name in script.acts:
                await script.acts[name]()
            return len(script.calls)

        return act

    return [make(name) for name in (*NAMES, *(f"undo_{name}" for name in UNDONE))]


@dataclass
class Stage:
    """Launches, stops and looks at sample runs of one person."""

    db: Database
    client: Client
    ctx: Context
    recorder: Recorder
    facts: Facts
    starter: RunStarter
    ring: KeyRing
    scripts: dict[str, Script] = field(default_factory=dict)

    @property
    def control(self) -> RunControl:
        return RunControl(self.client)

    async def launch(self, contract: AnyContract, label: str, script: Script | None = None) -> LaunchedRun:
        """Launch a run with a script of its own."""
        self.scripts[label] = script or Script()
        async with self.db.unit_of_work(self.ctx, "files") as uow:
            run = await launch(
                uow,
                contract,
                SampleInput(self.ctx.tenant_id, self.ctx.actor_id, label),  # type: ignore[arg-type]  # it is signed in
                key=label,
                subject=("sample", label),
                title_params={"name": label},
                result_path=f"/samples/{label}",
            )
        await self.starter.drain()
        return run

    def handle(self, run: LaunchedRun) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(run.workflow_id)

    async def result(self, run: LaunchedRun) -> Any:
        """Return a run's result; fails, and tells where the run stands, when it does not end in time."""
        try:
            return await asyncio.wait_for(self.handle(run).result(), LONG)
        except TimeoutError:
            raise AssertionError(f"still open: {await self.snapshot(run)}") from None

    async def snapshot(self, run: LaunchedRun) -> RunSnapshot:
        await self.recorder.flush()
        async with self.db.unit_of_work(self.ctx, "runs") as uow:
            found = await run_of(uow, self.ctx, run.id)
        assert found
        return found

    async def card(self, run: LaunchedRun) -> RunCard:
        return card_of(await self.snapshot(run), CONTRACTS)

    async def until(self, run: LaunchedRun, state: str) -> RunSnapshot:
        """Return the run as soon as its row says ``state``."""
        return await self.when(run, lambda found: found.state == state)

    async def when(self, run: LaunchedRun, so: Callable[[RunSnapshot], bool]) -> RunSnapshot:
        """Return the run as soon as its row is so."""
        return await asyncio.wait_for(self._when(run, so), SOON)

    async def _when(self, run: LaunchedRun, so: Callable[[RunSnapshot], bool]) -> RunSnapshot:
        while True:
            found = await self.snapshot(run)
            if so(found):
                return found
            await asyncio.sleep(0.03)

    def told(self, run: LaunchedRun) -> list[Fact]:
        """Return the facts of a run in the order in which they were published."""
        return [fact for fact in self.facts.published if fact.key == str(run.id)]

    async def numbers(self, run: LaunchedRun) -> list[int]:
        """Return the event numbers of a run that has ended, once all of them are published."""
        last = (await self.snapshot(run)).seq
        await eventually(lambda: [fact.params["seq"] for fact in self.told(run)][-1:] == [last])
        return [fact.params["seq"] for fact in self.told(run)]


def worker_of(
    client: Client, recorder: Recorder, scripts: dict[str, Script], workflows: Sequence[type] = WORKFLOWS, **given: Any
) -> Worker:
    """Return a worker of the sample workflows, or of what somebody has made of them."""
    return Worker(
        client,
        task_queue="sample",
        workflows=list(workflows),
        **given,
        activities=[*sample_activities(scripts), RecordingActivities(recorder).record],
        interceptors=[RecordingInterceptor(recorder, CONTRACTS)],
        default_heartbeat_throttle_interval=THROTTLE,
        max_heartbeat_throttle_interval=THROTTLE,
    )


@asynccontextmanager
async def open_stage(settings: Settings, client: Client, ctx: Context) -> AsyncIterator[Stage]:
    """Start everything that a worker process starts, in this process."""
    async with AsyncExitStack() as stack:
        db = await Database.connect(settings, pool_size=3)
        stack.push_async_callback(db.close)
        facts = Facts()
        publisher = OutboxPublisher(db, facts)
        publisher.start()
        stack.push_async_callback(publisher.stop)
        starter = RunStarter(client)
        stack.push_async_callback(starter.drain)
        lines = Lines(db, CONTRACTS)
        stack.push_async_callback(lines.drain)
        db.after_commit(publisher)
        db.after_commit(starter)
        db.after_commit(lines)
        recorder = Recorder(db, CONTRACTS)
        recorder.start()
        stack.push_async_callback(recorder.stop)
        stage = Stage(db, client, ctx, recorder, facts, starter, KeyRing(db, open_kms(settings)))
        await stack.enter_async_context(worker_of(client, recorder, stage.scripts))
        yield stage


@asynccontextmanager
async def without_worker(
    settings: Settings, client: Client, ctx: Context, *, starts: bool = True
) -> AsyncIterator[Stage]:
    """Open a stage that launches and looks, while the work is done elsewhere, or not at all."""
    db = await Database.connect(settings, pool_size=2)
    starter = RunStarter(client)
    if starts:
        db.after_commit(starter)
    try:
        ring = KeyRing(db, open_kms(settings))
        yield Stage(db, client, ctx, Recorder(db, CONTRACTS), Facts(), starter, ring)
    finally:
        await db.close()


async def outbox_of(stage: Stage, run: LaunchedRun) -> int:
    """Return how many facts of a run are not published yet."""
    async with stage.db.platform_unit_of_work() as uow:
        query = text("select count(*) from platform.outbox where fact ->> 'key' = :key")
        return int((await uow.session.execute(query, {"key": str(run.id)})).scalar_one())
