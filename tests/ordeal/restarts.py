"""Two webs behind a proxy and two workers, stopped and started one after the other under traffic: nothing is lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from entrypoints.embedded.program import free_port
from tests.bench.figures import Row
from tests.ordeal.scene import ACCEPTED, CONTENT
from tests.support.proxy import Proxy, Target
from tests.support.traffic import Traffic
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.ordeal.scene import Scene
    from tests.support.processes import Process

ROUNDS = 2
ANSWERS = 30
"""What each web process answers before and after it was restarted, at least."""

SECONDS_TO_LEAVE = 2.0
SECONDS_TO_START = 40
SECONDS_TO_FINISH = 300
ALL_WELL = {("GET", 200), ("POST", ACCEPTED)}


async def measure(scene: Scene) -> list[Row]:
    """Restart all four, twice."""
    (person,) = await scene.people(1)
    host, token = await scene.session_of(person)
    async with AsyncExitStack() as stack:
        webs = await stack.enter_async_context(_webs(scene))
        second = scene.deployment.process("worker-2", "worker")
        stack.callback(second.kill)
        await second.start()
        proxy = Proxy(*webs)
        await proxy.start()
        stack.push_async_callback(proxy.stop)
        await eventually(lambda: all(target.ready for target in proxy.targets), seconds=SECONDS_TO_START)
        async with Traffic(proxy, host, token, content=CONTENT, name="coast.jpg") as traffic:
            for _ in range(ROUNDS):
                for target, worker in zip(proxy.targets, (scene.deployment.worker, second), strict=True):
                    await _answers(target)
                    await asyncio.to_thread(webs[target.port].stop)
                    webs[target.port].launch()
                    await eventually(lambda: target.ready, seconds=SECONDS_TO_START)  # noqa: B023  # awaited here
                    await _answers(target)
                    await asyncio.to_thread(worker.stop)
                    await worker.start()
        person.files += traffic.statuses["POST", ACCEPTED]
        await eventually(lambda: scene.is_idle([person]), seconds=SECONDS_TO_FINISH)
    ledger = await scene.ledger([person])
    told = ", ".join(f"{count} x {method} {status}" for (method, status), count in sorted(traffic.statuses.items()))
    return [
        Row(
            f"two webs and two workers restarted {ROUNDS} times each",
            f"{ledger}; {len(proxy.lost)} requests lost",
            told,
            figure="no request lost, promised = done, none doubled, none stuck",
            met=not proxy.lost and set(traffic.statuses) == ALL_WELL and ledger.is_kept,
        )
    ]


@asynccontextmanager
async def _webs(scene: Scene) -> AsyncIterator[dict[int, Process]]:
    """Two web processes beside the deployment's own, by their ports."""
    made = {}
    try:
        for number in range(2):
            port = free_port()
            given = {"ADX_BIND_PORT": str(port), "ADX_DRAIN_SECONDS": str(SECONDS_TO_LEAVE)}
            made[port] = scene.deployment.process(f"web-{number}", "web", ready=_always, **given)
            made[port].launch()
        yield made
    finally:
        for process in made.values():
            process.kill()


async def _always() -> bool:
    return True


async def _answers(target: Target) -> None:
    """Wait until a process has answered some more."""
    wanted = target.answers + ANSWERS
    await eventually(lambda: target.answers >= wanted, seconds=SECONDS_TO_START)
