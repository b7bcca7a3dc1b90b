"""Rows on the streams of open pages: what one costs the web process, and how soon a fact has reached all of them."""

from __future__ import annotations

import asyncio
import json
import math
import time
from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis

from core.live.fact import Fact
from core.live.transport import Transport
from tests.bench.figures import Row, ms, p50_p95, percentile
from tests.bench.http import Browser
from tests.bench.people import make_tenant
from tests.bench.processes import running

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from tests.bench.people import Tenant
    from tests.bench.product import Product

SIZES = (1_000, 5_000, 10_000)
WARM_UPS = 100
"""Streams that are open before memory is counted: the first of all bring caches and pools with them."""

BROADCASTS = 3
KILOBYTES_FIGURE, SECONDS_FIGURE = 40, 1.0
SECONDS_TO_SETTLE = 2
SECONDS_TO_COME_BACK = 30.0
SECONDS_WAITED_FOR_THEM = 60.0
SECONDS_UNTIL_ALL_WERE_TOLD = 17
"""A heartbeat, by which each stream is told how its page is to come back."""

READERS = 10
SECONDS_BETWEEN_PAGES = 0.5
SECONDS_BEFORE = 5
PAGE_FIGURE = 0.5
SECONDS_TO_ARRIVE = 20


async def measure(product: Product) -> list[Row]:
    """Open more and more streams of one tenant, each with a person and a session of its own."""
    tenant = make_tenant(product, "streams", SIZES[-1])
    web = product.process("web")
    redis = Redis.from_url(product.settings.redis_url)
    host, port = product.host("streams"), str(product.port)
    rows = []
    async with running("tests.bench.stream_clients", host, port) as clients:
        await _ask(clients, {"open": [signed.token for signed in tenant.people[:WARM_UPS]]})
        before = web.memory_info().rss
        opened = WARM_UPS
        for size in SIZES:
            tokens = [signed.token for signed in tenant.people[opened:size]]
            began = time.perf_counter()
            opened += int((await _ask(clients, {"open": tokens}))["open"])
            seconds_to_open = time.perf_counter() - began
            await asyncio.sleep(SECONDS_TO_SETTLE)
            kilobytes = (web.memory_info().rss - before) / (opened - WARM_UPS) / 1024
            took = [await _broadcast(redis, tenant, clients, opened) for _ in range(BROADCASTS)]
            rows.append(_row(size, opened, kilobytes, took, len(tokens) / seconds_to_open))
        await asyncio.sleep(SECONDS_UNTIL_ALL_WERE_TOLD)
        rows.append(await _storm(product, clients, opened))
    await redis.aclose()
    return rows


async def _storm(product: Product, clients: Process, opened: int) -> Row:
    """Lose all streams at once, and read pages until they are back."""
    readers = make_tenant(product, "readers", READERS)
    before = await _read_until(product, readers, asyncio.create_task(asyncio.sleep(SECONDS_BEFORE)))
    coming_back = asyncio.create_task(_ask(clients, {"break_off": SECONDS_WAITED_FOR_THEM}))
    took = await _read_until(product, readers, coming_back)
    found = await coming_back
    met = found["back"] == opened and found["seconds"] <= SECONDS_TO_COME_BACK and percentile(took, 95) < PAGE_FIGURE
    return Row(
        f"{opened:,} streams lost at once",
        f"{found['back']:,.0f} back in {found['seconds']:.0f} s, 99 % in {found['most']:.0f} s, "
        f"pages meanwhile {p50_p95(took)}",
        f"{found['dials']:,.0f} dials, {found['sent_away']:,.0f} sent away; pages before {p50_p95(before)}",
        figure=f"all in {SECONDS_TO_COME_BACK:.0f} s, p95 < {ms(PAGE_FIGURE)}",
        met=met,
    )


async def _read_until(product: Product, readers: Tenant, end: asyncio.Task[Any]) -> list[float]:
    """Return how long pages take until something has ended."""
    took: list[float] = []

    async def read(token: str) -> None:
        async with Browser("127.0.0.1", product.port, product.host("readers"), token) as browser:
            while not end.done():
                began = time.perf_counter()
                answer = await browser.get("/files")
                took.append(time.perf_counter() - began if answer.status == 200 else math.inf)
                await asyncio.sleep(SECONDS_BETWEEN_PAGES)

    await asyncio.gather(*(read(signed.token) for signed in readers.people))
    return took


def _row(size: int, opened: int, kilobytes: float, took: list[float], rate: float) -> Row:
    middle = percentile(took, 50)
    met = opened == size and kilobytes <= KILOBYTES_FIGURE and middle < SECONDS_FIGURE
    return Row(
        f"{size:,} streams of a tenant on one web process",
        f"{kilobytes:.0f} KB each, a fact at all of them in {middle:.2f} s",
        f"{opened:,} open, {rate:.0f} opened a second",
        figure=f"<= {KILOBYTES_FIGURE} KB, < {SECONDS_FIGURE:.0f} s",
        met=met,
    )


async def _broadcast(redis: Redis, tenant: Tenant, clients: Process, opened: int) -> float:
    """Publish one fact; returns when the last of the streams had it, counted from before it was published."""
    waiting = asyncio.create_task(_ask(clients, {"await": opened, "seconds": SECONDS_TO_ARRIVE}))
    await asyncio.sleep(0.3)  # the clients have to be listening
    began = time.time()
    await Transport(redis).publish([Fact(tenant.facts.id, "files:changed", "bench")])
    arrived = await waiting
    if arrived["count"] < opened:
        return float("inf")
    last: float = arrived["last"]
    return last - began


async def _ask(clients: Process, question: dict[str, object]) -> dict[str, float]:
    assert clients.stdin is not None
    assert clients.stdout is not None
    clients.stdin.write(json.dumps(question).encode() + b"\n")
    await clients.stdin.drain()
    answer: dict[str, float] = json.loads(await clients.stdout.readline())
    return answer
