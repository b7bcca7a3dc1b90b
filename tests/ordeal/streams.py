"""The web process killed with two thousand pages open on it: all are back soon, and pages are answered meanwhile."""

from __future__ import annotations

import asyncio
import json
import math
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.bench.figures import Row, p50_p95, percentile
from tests.bench.people import make_tenant
from tests.bench.processes import running

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from tests.ordeal.scene import Person, Scene

STREAMS = 2_000
READERS = 5
SECONDS_WAITED_FOR_THEM = 60.0
SECONDS_TO_COME_BACK = 15.0
"""After the process serves again."""

SECONDS_UNTIL_ALL_WERE_TOLD = 17
"""A heartbeat, by which each stream is told how its page is to come back."""

SECONDS_BETWEEN_PAGES = 0.5
PAGE_FIGURE = 0.5
ANSWERS = 200


async def measure(scene: Scene) -> list[Row]:
    """Open the streams, kill what they hang on, and read pages until they are back."""
    tenant = make_tenant(scene, "streams", STREAMS)
    readers = await scene.people(READERS)
    base = urlsplit(scene.deployment.base_url)
    async with running("tests.bench.stream_clients", f"streams.{base.netloc}", str(base.port)) as clients:
        opened = (await _ask(clients, {"open": [signed.token for signed in tenant.people]}))["open"]
        await asyncio.sleep(SECONDS_UNTIL_ALL_WERE_TOLD)
        scene.deployment.web.kill()
        scene.deployment.web.launch()
        began = time.monotonic()
        coming_back = asyncio.create_task(_ask(clients, {"break_off": SECONDS_WAITED_FOR_THEM}))
        await scene.deployment.web.until_ready()
        started = time.monotonic() - began
        took = await _read_until(readers, coming_back)
        found = await coming_back
    seconds = max(0.0, found["seconds"] - started)
    return [
        Row(
            f"web killed with {opened:,.0f} streams open",
            f"{found['back']:,.0f} back {seconds:.1f} s after it served again, pages meanwhile {p50_p95(took)}",
            f"{found['dials']:,.0f} dials, {found['sent_away']:,.0f} sent away; the start took {started:.1f} s",
            figure=f"all within {SECONDS_TO_COME_BACK:.0f} s, p95 < {PAGE_FIGURE * 1000:.0f} ms",
            met=found["back"] == opened == STREAMS
            and seconds <= SECONDS_TO_COME_BACK
            and percentile(took, 95) < PAGE_FIGURE,
        )
    ]


async def _read_until(readers: list[Person], end: asyncio.Task[dict[str, float]]) -> list[float]:
    took: list[float] = []

    async def read(person: Person) -> None:
        while not end.done():
            reply = await person.caller.get("/files")
            took.append(reply.seconds if reply.status == ANSWERS else math.inf)
            await asyncio.sleep(SECONDS_BETWEEN_PAGES)

    await asyncio.gather(*map(read, readers))
    return took


async def _ask(clients: Process, question: dict[str, object]) -> dict[str, float]:
    assert clients.stdin is not None
    assert clients.stdout is not None
    clients.stdin.write(json.dumps(question).encode() + b"\n")
    await clients.stdin.drain()
    answer: dict[str, float] = json.loads(await clients.stdout.readline())
    return answer
