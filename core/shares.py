"""A few places of something scarce, shared by keys (tenants, networks) so that none of them keeps the others waiting.

For whatever only so many can do at once: decoders, hashes, scans, connections to a slow server. First come first served
would hand all of it to whoever asks most.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable

STRIKES_THAT_COUNT = 3
SECONDS_OF_A_STRIKE = 600.0
TURNS_FOR_A_STRIKE = 8
"""So often others may pass a waiter for each strike of its key; then it goes by its arrival again, so none starves."""


class CrowdedError(Exception):
    """There is no room to wait either; ``of_key`` says that it is this key's own fault, not everybody's."""

    def __init__(self, *, of_key: bool) -> None:
        super().__init__("too many wait of this key" if of_key else "too many wait")
        self.of_key = of_key


@dataclass(eq=False, slots=True)
class _Waiter:
    key: Hashable
    number: int
    turn: asyncio.Future[None]
    passed: int = 0


class Shares:
    """Places that are given to the key that holds fewest of them; among equals, to who has waited longest.

    One key alone may hold ``of_one`` places at a time (by default all of them); what is left stays free for who comes
    later, since nobody is made to give a place back. A key that got strikes has one place at a time at most, and goes
    behind the others until its strikes are forgotten.

    ``most_waiting`` and ``most_waiting_of_one`` bound how many wait, in all and of one key. With ``makes_room``, where
    no room is left, the last of the key that has most waiting gives way to a key that has less: no crowd shuts others
    out by its numbers. A pool belongs to one event loop, and its keys cost nothing once they hold nothing, wait for
    nothing and have no strikes.
    """

    def __init__(
        self,
        places: int,
        *,
        of_one: int | None = None,
        most_waiting: int | None = None,
        most_waiting_of_one: int | None = None,
        makes_room: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._free = places
        self._of_one = places if of_one is None else of_one
        self._most_waiting = most_waiting
        self._most_waiting_of_one = most_waiting_of_one
        self._makes_room = makes_room
        self._clock = clock
        self._held: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[_Waiter]] = defaultdict(deque)
        self._strikes: dict[Hashable, deque[float]] = {}
        self._arrivals = 0

    @asynccontextmanager
    async def place(self, key: Hashable) -> AsyncIterator[None]:
        """Hold a place while the block runs, waiting for it as long as it takes; raises :class:`CrowdedError`."""
        await self._take(key)
        try:
            yield
        finally:
            self._give_back(key)

    def strike(self, key: Hashable) -> None:
        """Note that what the key did with a place had to be ended by force. Forgotten after ten minutes."""
        for other in list(self._strikes):
            self.strikes(other)  # forgets what is over, also of keys that never come back
        self._strikes.setdefault(key, deque(maxlen=STRIKES_THAT_COUNT)).append(self._clock())

    def strikes(self, key: Hashable) -> int:
        """Return how many strikes of the key count now."""
        found = self._strikes.get(key)
        if found is None:
            return 0
        while found and self._clock() - found[0] >= SECONDS_OF_A_STRIKE:
            found.popleft()
        if not found:
            del self._strikes[key]
        return len(found)

    @property
    def is_taken(self) -> bool:
        """Whether there is no free place."""
        return not self._free

    def held(self, key: Hashable) -> int:
        """Return how many places the key holds now."""
        return self._held[key]

    def waiting(self, key: Hashable | None = None) -> int:
        """Return how many wait, of the key or in all."""
        if key is None:
            return sum(map(len, self._waiting.values()))
        return len(self._waiting.get(key, ()))

    async def _take(self, key: Hashable) -> None:
        waiter = _Waiter(key, self._arrivals, asyncio.get_running_loop().create_future())
        self._arrivals += 1
        self._check_room(key)
        self._waiting[key].append(waiter)
        self._give_out()
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if not waiter.turn.done() or waiter.turn.cancelled():
                self._leave(waiter)
            elif waiter.turn.exception() is None:
                self._give_back(key)  # the turn came together with the cancel
            raise

    def _check_room(self, key: Hashable) -> None:
        """Refuse who would have to wait where too many do already."""
        if self._may_have(key) and self._free and not self.waiting(key):
            return
        if self._most_waiting_of_one is not None and self.waiting(key) >= self._most_waiting_of_one:
            raise CrowdedError(of_key=True)
        if self._most_waiting is not None and self.waiting() >= self._most_waiting and not self._make_room(key):
            raise CrowdedError(of_key=False)

    def _make_room(self, key: Hashable) -> bool:
        """Have the last of the largest crowd give way, if that is a larger one than the key's would become."""
        if not self._makes_room:
            return False
        crowd = max(self._waiting, key=self.waiting, default=key)
        last = next((waiter for waiter in reversed(self._waiting.get(crowd, ())) if not waiter.turn.done()), None)
        if last is None or self.waiting(crowd) <= self.waiting(key) + 1:
            return False
        self._leave(last)
        last.turn.set_exception(CrowdedError(of_key=True))
        return True

    def _give_back(self, key: Hashable) -> None:
        self._free += 1
        self._held -= Counter([key])  # which forgets a key that holds none
        self._give_out()

    def _give_out(self) -> None:
        while self._free:
            heads = [head for key in self._waiting if self._may_have(key) and (head := self._head(key)) is not None]
            if not heads:
                return
            chosen = min(heads, key=self._rank)
            for head in heads:
                if head.number < chosen.number:
                    head.passed += 1
            self._leave(chosen)
            self._free -= 1
            self._held[chosen.key] += 1
            chosen.turn.set_result(None)

    def _head(self, key: Hashable) -> _Waiter | None:
        """Return who is next of a key. One whose wait was cancelled, and who has not yet left, is passed over."""
        return next((waiter for waiter in self._waiting[key] if not waiter.turn.done()), None)

    def _rank(self, waiter: _Waiter) -> tuple[int, int]:
        slowed = max(0, self.strikes(waiter.key) - waiter.passed // TURNS_FOR_A_STRIKE)
        return self._held[waiter.key] + slowed, waiter.number

    def _may_have(self, key: Hashable) -> bool:
        return self._held[key] < (1 if self.strikes(key) else self._of_one)

    def _leave(self, waiter: _Waiter) -> None:
        queue = self._waiting[waiter.key]
        queue.remove(waiter)
        if not queue:
            del self._waiting[waiter.key]
