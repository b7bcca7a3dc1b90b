"""Work is begun in bounded numbers, waits in bounded numbers, and is refused at once beyond."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core import turns as module
from core.turns import BusyError, Turns, resting, working

if TYPE_CHECKING:
    import pytest

    from core.turns import Turn


class Floor:
    """Work that goes on until it is told to end; ``doing`` is what is at work now."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.doing: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._done: dict[str, asyncio.Event] = {}

    async def ask(self, *names: str) -> None:
        for name in names:
            self._done[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._work(self.turns.turn(name[0]), name))
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def end(self, *names: str) -> None:
        for name in names:
            self._done[name].set()
            await asyncio.wait({self.tasks[name]})
        await asyncio.sleep(0)

    async def end_all(self) -> None:
        await self.end(*self.tasks)
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _work(self, turn: Turn, name: str) -> None:
        try:
            await turn.take()
            self.doing.append(name)
            await self._done[name].wait()
            self.doing.remove(name)
        finally:
            await turn.end()


def refused(floor: Floor) -> list[str]:
    return [name for name, task in floor.tasks.items() if task.done() and isinstance(task.exception(), BusyError)]


async def test_what_is_beyond_work_and_line_is_refused_at_once() -> None:
    floor = Floor(Turns(at_once=2, waiting=2, seconds=30))
    await floor.ask("a1", "b1", "c1", "d1")
    assert floor.doing == ["a1", "b1"]
    assert floor.turns.is_full
    await floor.ask("e1")
    assert refused(floor) == ["e1"]

    await floor.end("a1")
    assert floor.doing == ["b1", "c1"]
    await floor.ask("f1")
    assert refused(floor) == ["e1"]
    await floor.end_all()
    assert refused(floor) == ["e1"]


async def test_a_turn_that_does_not_come_in_time_is_refused_and_leaves_the_line() -> None:
    floor = Floor(Turns(at_once=1, waiting=1, seconds=0.05))
    await floor.ask("a1", "b1")
    await asyncio.wait({floor.tasks["b1"]})
    assert refused(floor) == ["b1"]

    await floor.ask("c1")
    await floor.end("a1")
    assert floor.doing == ["c1"]
    await floor.end_all()


async def test_a_line_that_stands_still_is_not_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module, "_now", lambda: now)
    floor = Floor(Turns(at_once=1, waiting=9, seconds=30))
    await floor.ask("a1", "b1")

    now += module.STANDS_STILL + 1
    await floor.ask("c1")
    assert refused(floor) == ["c1"]

    await floor.end("a1")  # b's turn comes: it moves again
    await floor.ask("d1")
    assert refused(floor) == ["c1"]
    await floor.end_all()


async def test_a_line_is_not_joined_where_the_turn_is_not_expected_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module, "_now", lambda: now)
    floor = Floor(Turns(at_once=1, waiting=99, seconds=5))
    await floor.ask("a0")
    for number in range(60):  # a second each
        await floor.ask(f"a{number + 1}")
        now += 1
        await floor.end(f"a{number}")
    assert not refused(floor)

    await floor.ask(*(f"b{number}" for number in range(8)))
    assert refused(floor) == ["b6", "b7"], "five wait for five seconds, the next for longer"
    await floor.end_all()


async def test_the_first_turns_of_a_process_say_nothing_of_those_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module, "_now", lambda: now)
    floor = Floor(Turns(at_once=1, waiting=99, seconds=5))
    await floor.ask("a0", "a1", "a2")
    for number in range(2):
        now += 0.4  # connections are opened
        await floor.end(f"a{number}")

    await floor.ask(*(f"b{number}" for number in range(60)))
    assert not refused(floor)
    await floor.end_all()


async def test_one_moment_of_nothing_does_not_shorten_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(module, "_now", lambda: now)
    floor = Floor(Turns(at_once=1, waiting=99, seconds=5))
    await floor.ask("a0")
    for number in range(300):
        await floor.ask(f"a{number + 1}")
        now += 2 if number == 299 else 0.01  # the last one stands still for a moment
        await floor.end(f"a{number}")

    await floor.ask(*(f"b{number}" for number in range(60)))
    assert not refused(floor)
    await floor.end_all()


async def test_nobody_who_gives_up_takes_a_place_along() -> None:
    floor = Floor(Turns(at_once=1, waiting=9, seconds=30))
    await floor.ask("a1", "b1", "c1", "d1")
    floor.tasks["b1"].cancel()  # waits
    await asyncio.wait({floor.tasks["b1"]})
    floor.tasks["a1"].cancel()  # works
    floor.tasks["c1"].cancel()  # is next, while the place comes free
    await asyncio.wait({floor.tasks["a1"], floor.tasks["c1"]})
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert floor.doing[-1] == "d1"
    await floor.ask("e1")
    await floor.end("d1")
    assert floor.doing[-1] == "e1"
    await floor.end("e1")
    assert not floor.turns.is_full


async def test_who_waits_for_somebody_else_lets_others_work_and_is_not_refused_after() -> None:
    turns = Turns(at_once=1, waiting=1, seconds=30)
    floor = Floor(turns)
    elsewhere = asyncio.Event()
    seen: list[str] = []

    async def rest_and_go_on() -> None:
        turn = turns.turn("z")
        working(turn)
        await turn.take()
        async with resting():
            await elsewhere.wait()
        seen.append("goes on")
        await turn.end()

    rests = asyncio.create_task(rest_and_go_on())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await floor.ask("a1", "b1")
    assert floor.doing == ["a1"]
    assert turns.is_full

    elsewhere.set()
    await rests
    assert seen == ["goes on"]
    await floor.end_all()
