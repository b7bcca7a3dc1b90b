from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from core.shares import SECONDS_OF_A_STRIKE, TURNS_FOR_A_STRIKE, CrowdedError, Shares


@dataclass
class Crowd:
    """People who take a place each and hold it until they are let go."""

    pool: Shares
    inside: list[str] = field(default_factory=list)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    gone: dict[str, asyncio.Event] = field(default_factory=dict)

    async def comes(self, *names: str) -> None:
        """Have people ask for a place, one after the other; the letter of a name is its key."""
        for name in names:
            self.gone[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._stay(name))
            await asyncio.sleep(0)

    async def leaves(self, name: str) -> None:
        self.gone[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def everybody_leaves(self) -> None:
        for event in self.gone.values():
            event.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _stay(self, name: str) -> None:
        async with self.pool.place(name[0]):
            self.inside.append(name)
            await self.gone[name].wait()
            self.inside.remove(name)


async def test_who_holds_fewest_goes_first() -> None:
    crowd = Crowd(Shares(2))
    await crowd.comes("a1", "a2", "a3", "a4", "b1", "c1", "b2")
    assert crowd.inside == ["a1", "a2"]

    await crowd.leaves("a1")
    assert crowd.inside == ["a2", "b1"]
    await crowd.leaves("b1")
    assert crowd.inside == ["a2", "c1"]
    await crowd.leaves("a2")
    assert crowd.inside == ["c1", "a3"], "a holds none any more, and has waited longer than b"
    await crowd.everybody_leaves()


async def test_the_places_that_one_may_not_have_stay_free_for_others() -> None:
    crowd = Crowd(Shares(3, of_one=2))
    await crowd.comes("a1", "a2", "a3", "a4")
    assert crowd.inside == ["a1", "a2"]

    await crowd.comes("b1")
    assert crowd.inside == ["a1", "a2", "b1"]
    await crowd.everybody_leaves()
    assert crowd.pool.waiting() == 0


async def test_a_key_with_strikes_has_one_place_and_goes_behind() -> None:
    now = 0.0
    pool = Shares(2, clock=lambda: now)
    pool.strike("a")
    crowd = Crowd(pool)
    await crowd.comes("a1", "a2", "b1", "b2", "b3")
    assert crowd.inside == ["a1", "b1"]
    await crowd.leaves("a1")
    assert crowd.inside == ["b1", "a2"], "b holds one already; none that holds one goes before a struck key for long"
    await crowd.everybody_leaves()

    now = SECONDS_OF_A_STRIKE
    assert pool.strikes("a") == 0
    again = Crowd(pool)
    await again.comes("a1", "a2")
    assert again.inside == ["a1", "a2"]
    await again.everybody_leaves()


async def test_strikes_slow_a_key_down_and_starve_it_never() -> None:
    pool = Shares(1)
    pool.strike("a")
    crowd = Crowd(pool)
    others = [f"{chr(ord('b') + number)}1" for number in range(TURNS_FOR_A_STRIKE + 3)]
    await crowd.comes("z1", "a1", *others)
    await crowd.leaves("z1")

    served = []
    while crowd.inside:
        (name,) = crowd.inside
        served.append(name)
        await crowd.leaves(name)
    assert served == [*others[:TURNS_FOR_A_STRIKE], "a1", *others[TURNS_FOR_A_STRIKE:]]


async def test_no_more_wait_than_may() -> None:
    crowd = Crowd(Shares(1, most_waiting=3, most_waiting_of_one=2))
    await crowd.comes("a1", "a2", "a3")
    with pytest.raises(CrowdedError) as refused:
        await _ask(crowd.pool, "a")
    assert refused.value.of_key

    await crowd.comes("b1")
    with pytest.raises(CrowdedError) as refused:
        await _ask(crowd.pool, "c")
    assert not refused.value.of_key
    await crowd.everybody_leaves()
    await _ask(crowd.pool, "a")


async def test_who_is_cancelled_takes_no_place_with_them() -> None:
    pool = Shares(1)
    crowd = Crowd(pool)
    await crowd.comes("a1", "b1", "c1")
    crowd.tasks["b1"].cancel()
    crowd.gone["a1"].set()  # whose place is given on in the same round of the loop in which b is cancelled
    await asyncio.gather(crowd.tasks["a1"], crowd.tasks["b1"], return_exceptions=True)
    await asyncio.sleep(0)
    assert crowd.inside == ["c1"]
    await crowd.leaves("c1")

    async with pool.place("d"):
        waiting = asyncio.create_task(_ask(pool, "e"))
        await asyncio.sleep(0)
    waiting.cancel()  # granted by now, and cancelled before it could go on
    await asyncio.gather(waiting, return_exceptions=True)
    await _ask(pool, "f")


async def test_nothing_is_kept_of_keys_that_are_gone() -> None:
    now = 0.0
    pool = Shares(2, clock=lambda: now)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(pool.place("a"))
        pool.strike("a")
        assert (pool.held("a"), pool.strikes("a")) == (1, 1)
    now = SECONDS_OF_A_STRIKE
    pool.strike("b")
    assert not pool._held
    assert not pool._waiting
    assert set(pool._strikes) == {"b"}


async def _ask(pool: Shares, key: str) -> None:
    async with pool.place(key):
        pass


async def test_a_place_that_comes_free_while_a_wait_is_given_up_goes_to_the_next() -> None:
    crowd = Crowd(Shares(1))
    await crowd.comes("a1", "b1", "c1")

    crowd.gone["a1"].set()  # leaves first, but after the other's wait was cancelled
    crowd.tasks["b1"].cancel()
    await asyncio.gather(crowd.tasks["a1"], crowd.tasks["b1"], return_exceptions=True)
    await asyncio.sleep(0)

    assert crowd.inside == ["c1"]
    assert crowd.tasks["a1"].exception() is None
    assert crowd.tasks["b1"].cancelled()
    await crowd.everybody_leaves()
    assert not crowd.pool.waiting()
    assert not any(crowd.pool.held(key) for key in "abc")


async def test_where_no_room_is_left_the_last_of_the_largest_crowd_gives_way() -> None:
    crowd = Crowd(Shares(1, most_waiting=4, makes_room=True))
    await crowd.comes("a1", "a2", "a3", "b1", "b2")
    await crowd.comes("c1")
    with pytest.raises(CrowdedError) as refused:
        await crowd.tasks["a3"]
    assert refused.value.of_key
    assert [crowd.pool.waiting(key) for key in "abc"] == [1, 2, 1]

    await crowd.comes("d1")
    with pytest.raises(CrowdedError):
        await crowd.tasks["b2"]
    for name in ("a4", "b3", "e1"):  # everybody has one waiting: a crowd would only grow
        await crowd.comes(name)
        with pytest.raises(CrowdedError) as refused:
            await crowd.tasks[name]
        assert not refused.value.of_key
    for name in ("a1", "a2", "b1", "c1"):
        await crowd.leaves(name)
    assert crowd.inside == ["d1"]
    await crowd.everybody_leaves()
    assert (crowd.pool.waiting(), crowd.pool.held("a")) == (0, 0)


async def test_who_gave_way_and_is_cancelled_at_once_gives_no_place_back() -> None:
    crowd = Crowd(Shares(1, most_waiting=2, makes_room=True))
    await crowd.comes("a1", "b1", "b2")
    assert crowd.pool._make_room("c")
    crowd.tasks["b2"].cancel()
    await asyncio.wait({crowd.tasks["b2"]})
    assert crowd.inside == ["a1"]
    await crowd.leaves("a1")
    await crowd.comes("c1")
    assert crowd.inside == ["b1"]
    await crowd.everybody_leaves()
