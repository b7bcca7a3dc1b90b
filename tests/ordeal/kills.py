"""The worker killed every three seconds while people go on working: everything accepted is done, and once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from core.ids import new_id
from tests.bench.figures import Row
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from tests.ordeal.scene import Person, Scene

PEOPLE, UPLOADS_OF_EACH, WORKSPACES_OF_EACH = 20, 8, 2
SECONDS_BETWEEN_KILLS = 3
SECONDS_OF_KILLS = 60
SECONDS_TO_FINISH = 300


async def measure(scene: Scene) -> list[Row]:
    """200 accepted workflows under ``kill -9``."""
    people = await scene.people(PEOPLE)
    over = asyncio.Event()
    killing = asyncio.create_task(_kill_until(over, scene))
    began = time.monotonic()
    await asyncio.gather(*map(_work, people))
    accepted = time.monotonic() - began
    await asyncio.sleep(max(0, SECONDS_OF_KILLS - accepted))
    over.set()
    kills = await killing
    healed = time.monotonic()
    await eventually(lambda: scene.is_idle(people), seconds=SECONDS_TO_FINISH)
    took = time.monotonic() - healed
    ledger = await scene.ledger(people)
    refused = sum(person.refused for person in people)
    return [
        Row(
            f"worker killed {kills} times, every {SECONDS_BETWEEN_KILLS} s",
            str(ledger),
            f"{refused} refused; the last was done {took:.0f} s after the last start",
            figure="promised = done, none doubled, none stuck",
            met=ledger.is_kept and not refused,
        )
    ]


async def _work(person: Person) -> None:
    for _ in range(UPLOADS_OF_EACH):
        await person.upload()
    for _ in range(WORKSPACES_OF_EACH):
        await person.found(f"pier-{new_id().hex[-10:]}")


async def _kill_until(over: asyncio.Event, scene: Scene) -> int:
    """Kill the worker in its turn and start it again at once; returns how often. It runs at the end."""
    kills = 0
    while not over.is_set():
        await asyncio.sleep(SECONDS_BETWEEN_KILLS)
        scene.deployment.worker.kill()
        scene.deployment.worker.launch()
        kills += 1
    await scene.deployment.worker.until_ready()
    return kills
