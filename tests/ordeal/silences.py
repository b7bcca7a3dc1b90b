"""Each server silent for a minute and a half while people go on: what was accepted is done soon after."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

import httpx

from core.ids import new_id
from tests.bench.figures import Row
from tests.support.caller import LONGEST_ANSWER
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.ordeal.scene import Person, Scene
    from tests.support.caller import Reply
    from tests.support.links import Link
    from tests.support.processes import Process

SECONDS_OF_SILENCE = 90
SECONDS_TO_RECOVER = 15
SECONDS_TO_FINISH = 120
SECONDS_BETWEEN_ASKING = 3.0
MOST_WORKSPACES = 3
PAGES = ("/", "/files", "/runs", "/members")
ANSWERS, TAKES, SAYS_SO = 200, 303, 503


async def measure(scene: Scene) -> list[Row]:
    """One row a server."""
    ways = list(scene.deployment.links.values())
    silencing = {
        "PostgreSQL": [link.database for link in ways],
        "Temporal": [link.temporal for link in ways],
        "The mail server": [link.mail for link in ways],
    }
    rows = [await _silence(scene, name, Silence(links)) for name, links in silencing.items()]
    return [*rows, await _silence(scene, "Valkey", scene.deployment.valkey)]


class Silence:
    """Several ways to a server as one."""

    def __init__(self, links: list[Link]) -> None:
        self._links = links

    def freeze(self) -> None:
        """Pass nothing on."""
        for link in self._links:
            link.silence()

    def thaw(self) -> None:
        """Pass everything on again."""
        for link in self._links:
            link.mend()


async def _silence(scene: Scene, name: str, server: Process | Silence) -> Row:
    (person,) = await scene.people(1)
    told: Counter[int] = Counter()
    slowest = 0.0
    await asyncio.to_thread(server.freeze)
    end = time.monotonic() + SECONDS_OF_SILENCE
    while time.monotonic() < end:
        began = time.monotonic()
        asked = [*(person.caller.get(path) for path in PAGES), person.upload(), *_new_workspace(person)]
        replies = await asyncio.gather(*asked)
        for reply in replies:
            told[reply.status] += 1
            slowest = max(slowest, reply.seconds)
        await asyncio.sleep(max(0.0, SECONDS_BETWEEN_ASKING - (time.monotonic() - began)))
    await asyncio.to_thread(server.thaw)
    back = time.monotonic()
    await eventually(lambda: _answers(person), seconds=SECONDS_TO_FINISH)
    recovered = time.monotonic() - back
    await eventually(lambda: scene.is_idle([person]), seconds=SECONDS_TO_FINISH)
    caught_up = time.monotonic() - back
    ledger = await scene.ledger([person])
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(told.items()))
    return Row(
        f"{name} silent for {SECONDS_OF_SILENCE} s",
        f"{ledger}; {person.refused} uploads refused",
        f"{statuses}, slowest {slowest:.1f} s; back after {recovered:.1f} s, all done after {caught_up:.0f} s",
        figure=f"no answer over {LONGEST_ANSWER:.0f} s, back within {SECONDS_TO_RECOVER} s, nothing lost",
        met=ledger.is_kept
        and set(told) <= {ANSWERS, TAKES, SAYS_SO}
        and slowest < LONGEST_ANSWER
        and recovered <= SECONDS_TO_RECOVER,
    )


def _new_workspace(person: Person) -> list[Coroutine[None, None, Reply]]:
    """A few times in all: each sends a mail, which the ledger counts."""
    return [person.found(f"pier-{new_id().hex[-10:]}")] if len(person.slugs) < MOST_WORKSPACES else []


async def _answers(person: Person) -> bool:
    try:
        replies = await asyncio.gather(*(person.caller.get(path) for path in PAGES))
    except httpx.HTTPError:
        return False
    return {reply.status for reply in replies} == {ANSWERS}
