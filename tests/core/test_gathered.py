from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.gathered import MOST_AT_ONCE, Gathered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Library:
    """Answers when it is let, and keeps what it was asked together."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, set[int]]] = []
        self.goes_on = asyncio.Event()
        self.fails = False

    async def load(self, group: str, keys: Collection[int]) -> Mapping[int, str]:
        self.asked.append((group, set(keys)))
        await self.goes_on.wait()
        if self.fails:
            raise ConnectionError("away")
        return {key: f"{group}{key}" for key in keys if key}


async def test_those_who_ask_meanwhile_are_asked_for_together() -> None:
    library = Library()
    gathered = Gathered(library.load)
    first = asyncio.create_task(gathered.get("a", 1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(gathered.get(group, key)) for group, key in (("a", 2), ("a", 0), ("b", 1), ("a", 2))]
    await asyncio.sleep(0.01)
    assert library.asked == [("a", {1}), ("b", {1})]

    library.goes_on.set()
    assert await first == "a1"
    assert await asyncio.gather(*others) == ["a2", None, "b1", "a2"]
    assert library.asked == [("a", {1}), ("b", {1}), ("a", {0, 2})]
    assert await gathered.get("a", 1) == "a1", "nothing is kept"
    assert library.asked[-1] == ("a", {1})


async def test_no_look_up_grows_without_bound() -> None:
    library = Library()
    gathered = Gathered(library.load)
    asking = [asyncio.create_task(gathered.get("a", key)) for key in range(3 * MOST_AT_ONCE)]
    await asyncio.sleep(0.01)
    library.goes_on.set()
    await asyncio.gather(*asking)
    assert max(len(keys) for _, keys in library.asked) == MOST_AT_ONCE


async def test_a_failure_is_each_askers_own_and_the_next_look_up_goes_on() -> None:
    library = Library()
    gathered = Gathered(library.load)
    asking = [asyncio.create_task(gathered.get("a", key)) for key in (1, 2)]
    leaves = asyncio.create_task(gathered.get("a", 3))
    await asyncio.sleep(0.01)
    leaves.cancel()
    library.fails = True
    library.goes_on.set()
    for task in asking:
        with pytest.raises(ConnectionError):
            await task
    assert leaves.cancelled()
    library.fails = False
    assert await gathered.get("a", 1) == "a1"
