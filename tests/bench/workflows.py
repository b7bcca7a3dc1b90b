"""Rows on workflows: what the platform adds to a run, over the same steps without it, and how soon runs end."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from PIL import Image
from redis.asyncio import Redis
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

from core.db import Database
from core.ids import new_id
from core.keys.watch import open_ring
from core.live.transport import Transport
from core.runs.dispatch import OutboxPublisher, RunStarter
from core.runs.launch import launch
from core.runs.line import Lines
from core.runs.temporal import connect
from core.storage import Storage
from domain.files import service
from domain.files.types import IngestInput
from domain.tenants.types import Founder, NewTenant, ProvisionInput
from entrypoints.registry import REGISTRY
from tests.bench import flows
from tests.bench.figures import Row, Spread, ms, percentile
from tests.bench.people import make_tenant
from tests.bench.processes import running
from workflows.files.start import start_ingest
from workflows.tenants.start import start_provisioning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.context import Context
    from core.runs.launch import LaunchedRun
    from domain.files.models import File
    from tests.bench.people import Tenant
    from tests.bench.product import Product

WARM_UPS = 2
PAIRS = 40
SECONDS_OF_PAIRS = 18.0
AT_ONCE = 4
BURST = 24
FIGURE = 1.3
SECONDS_FOR_A_TURN = 0.005
SOON = 5.0

Twin: TypeAlias = Callable[[], Awaitable[float]]
"""One run from its request to its end; returns its seconds."""


@dataclass
class Driver:
    """Asks for runs as the web process does, and waits for their results as nobody has to."""

    db: Database
    client: Client
    plain: Client
    starter: RunStarter
    storage: Storage
    ctx: Context
    picture: bytes

    async def ours(self, ask: Callable[[Any], Awaitable[LaunchedRun]]) -> float:
        """Launch a run and wait for its end."""
        began = time.perf_counter()
        async with self.db.unit_of_work(self.ctx, "files") as uow:
            run = await ask(uow)
        await self.starter.drain()
        await self._result(run)
        return time.perf_counter() - began

    async def _result(self, run: LaunchedRun) -> None:
        while True:
            try:
                await self.client.get_workflow_handle(run.workflow_id).result()
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(SECONDS_FOR_A_TURN)
            else:
                return

    async def bare(self, workflow: Any, argument: object) -> float:
        """Execute a plain workflow."""
        began = time.perf_counter()
        await self.plain.execute_workflow(workflow, argument, id=f"bare-{new_id()}", task_queue=flows.BARE_QUEUE)
        return time.perf_counter() - began

    async def upload(self) -> File:
        """Bring a picture to where its ingest begins."""
        size = len(self.picture)
        assert self.ctx.actor_id is not None
        async with self.db.unit_of_work(self.ctx, "files") as uow:
            file = await service.begin_upload(uow, self.ctx.actor_id, "small.png", "image/png", size)
        stored = await self.storage.put_stream(
            service.key_of(self.ctx.tenant_id, file.id), _once(self.picture), limit=size
        )
        async with self.db.unit_of_work(self.ctx, "files") as uow:
            return await service.complete_upload(uow, file.id, stored)

    def tenant(self) -> NewTenant:
        """A tenant to be."""
        person = self.ctx.person
        assert person is not None
        new_tenant_id = new_id()
        slug = f"t{new_tenant_id.hex[-14:]}"
        return NewTenant(new_tenant_id, slug, "New", "en", Founder(person.id, person.name, person.email))


async def measure(product: Product) -> list[Row]:
    """Measure an ingest, a provisioning and a run of empty steps, each against its bare twin."""
    tenant = make_tenant(product, "workflows", 1)
    async with running("tests.bench.bare_worker") as worker, driver(product, tenant) as given:
        assert worker.stdout is not None
        while b"working" not in await worker.stdout.readline():
            pass
        return [
            await _pairs("provisioning, 7 steps, end to end", *_provisioning(given)),
            await _pairs("ingest of a small PNG, 9 steps, end to end", *_ingest(given)),
            await _pairs("7 steps that do nothing", *_noop(given)),
            await _soon(given),
        ]


@asynccontextmanager
async def driver(product: Product, tenant: Tenant) -> AsyncIterator[Driver]:
    """What launches runs, as the first person of a tenant."""
    settings = product.settings
    db = await Database.connect(settings)
    redis = Redis.from_url(settings.redis_url)
    publisher = OutboxPublisher(db, Transport(redis))
    publisher.start()
    ring_stack = AsyncExitStack()
    client = await connect(settings, await open_ring(settings, ring_stack))
    starter = RunStarter(client)
    lines = Lines(db, REGISTRY.contracts)
    db.after_commit(publisher)
    db.after_commit(starter)
    db.after_commit(lines)
    plain = await Client.connect(settings.temporal_address, data_converter=pydantic_data_converter)
    try:
        yield Driver(db, client, plain, starter, Storage.from_url(settings.storage_url), tenant.context(), picture())
    finally:
        await lines.drain()
        await starter.drain()
        await publisher.stop()
        await redis.aclose()
        await ring_stack.aclose()
        await db.close()


def _provisioning(given: Driver) -> tuple[Twin, Twin]:
    async def ours() -> float:
        new = given.tenant()
        return await given.ours(lambda uow: start_provisioning(uow, new))

    async def bare() -> float:
        new = given.tenant()
        return await given.bare(flows.BareProvision.run, ProvisionInput(given.ctx.tenant_id, new.founder.id, new))

    return ours, bare


def _ingest(given: Driver) -> tuple[Twin, Twin]:
    async def ours() -> float:
        file = await given.upload()
        return await given.ours(lambda uow: start_ingest(uow, file))

    async def bare() -> float:
        file = await given.upload()
        return await given.bare(flows.BareIngest.run, IngestInput(file.tenant_id, file.uploader_id, file.id))

    return ours, bare


def _noop(given: Driver) -> tuple[Twin, Twin]:
    actor_id = given.ctx.actor_id
    assert actor_id is not None
    argument = flows.NoopInput(given.ctx.tenant_id, actor_id)

    async def ours() -> float:
        key = str(new_id())
        return await given.ours(lambda uow: launch(uow, flows.NOOP, argument, key=key, subject=("bench", key)))

    async def bare() -> float:
        return await given.bare(flows.BareNoop.run, argument)

    return ours, bare


async def _pairs(what: str, ours: Twin, bare: Twin) -> Row:
    """Run one and the other in turn, so that both meet the same noise."""
    took: list[tuple[float, float]] = []
    end = time.perf_counter() + SECONDS_OF_PAIRS
    for number in range(WARM_UPS + PAIRS):
        if len(took) > WARM_UPS + 2 and time.perf_counter() > end:
            break
        # Whichever comes second finds the servers warm.
        if number % 2:
            pair = (await ours(), await bare())
        else:
            second = await bare()
            pair = (await ours(), second)
        took.append(pair)
    took = took[WARM_UPS:]
    middle_ours, middle_bare = (percentile([pair[side] for pair in took], 50) for side in (0, 1))
    spread = Spread.of([one / other for one, other in took])
    return Row(
        what,
        f"p50 {ms(middle_ours)}, {len(took)} pairs",
        f"bare Temporal p50 {ms(middle_bare)}",
        str(spread),
        f"<= {FIGURE}",
        spread.middle <= FIGURE,
    )


async def _soon(given: Driver) -> Row:
    """Ask for many at once, as after a folder was dropped on the page."""
    ingest, provisioning = _ingest(given)[0], _provisioning(given)[0]
    took: list[float] = []
    gate = asyncio.Semaphore(AT_ONCE)

    end = time.perf_counter() + SECONDS_OF_PAIRS

    async def one(ask: Twin) -> None:
        async with gate:
            if time.perf_counter() < end:
                took.append(await ask())

    began = time.perf_counter()
    await asyncio.gather(*(one(provisioning if number % 4 == 0 else ingest) for number in range(BURST)))
    rate = len(took) / (time.perf_counter() - began)
    share = 100 * sum(seconds < SOON for seconds in took) / len(took)
    measured = f"{share:.0f} %, slowest {max(took):.1f} s, {rate:.1f} a second"
    what = f"runs that end within {SOON:.0f} s, {AT_ONCE} at a time"
    return Row(what, measured, f"{len(took)} runs", "", ">= 99 %", share >= 99)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def picture() -> bytes:
    """A small PNG that takes a moment to draw."""
    image = Image.effect_noise((320, 240), 64).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
