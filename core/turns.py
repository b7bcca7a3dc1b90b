"""Turns: how much is worked on at the same time, and how much may wait for it. Past that it is refused at once.

A process that begins everything it is asked for ends nothing: each answer takes longer, more of them are wanted at the
same time, and what is given up half-way has to be done again.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from core.shares import CrowdedError, Shares

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Hashable

STANDS_STILL = 3.0
"""Seconds without anybody's turn after which a line is no longer joined: what is ahead does not get done."""


SECONDS_REMEMBERED = 3.0
"""What is expected is judged by the turns of about so many seconds in which somebody waited.

By time, not by the newest turns: a moment in which the process did nothing (a burst of ends, a busy machine) would
count as much as a hundred turns, and send away people for whom there is time.
"""

SECONDS_OF_EVIDENCE = 1.0
"""Before turns of so many seconds have been seen, nothing is expected. A process that has just started opens its
connections in its first turns: by those alone, everybody who came back to it at once would be sent away for long.
"""


class BusyError(Exception):
    """There is more to do than can be done in time; nothing of this was begun."""


class Turn:
    """The right to work, from :meth:`take` until :meth:`end`. It is given back while somebody else is waited for."""

    __slots__ = ("_has_ended", "_key", "_place", "_turns")

    def __init__(self, turns: Turns, key: Hashable) -> None:
        self._turns = turns
        self._key = key
        self._place: AsyncExitStack | None = None
        self._has_ended = False

    @property
    def is_held(self) -> bool:
        """Whether this one may work now."""
        return self._place is not None

    async def take(self) -> None:
        """Wait until it has come.

        Raises:
            BusyError: too many wait already, or it has not come in time.
        """
        self._place = await self._turns.place(self._key)

    async def rest(self) -> None:
        """Let others work while this waits for what is none of ours: a browser, a place elsewhere."""
        place, self._place = self._place, None
        if place is not None:
            await place.aclose()

    async def resume(self) -> None:
        """Go on. What has begun is not refused: where no turn comes in time, it goes on beside the others."""
        if self._place is None and not self._has_ended:
            with suppress(BusyError):
                await self.take()

    async def end(self) -> None:
        """Give the turn back for good."""
        self._has_ended = True
        await self.rest()


class Turns:
    """``at_once`` work, ``waiting`` more may wait, none of them longer than ``seconds``.

    They are fair to each key (a network), see :class:`core.shares.Shares`.
    """

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self._shares = Shares(at_once, most_waiting=waiting)
        self._most_waiting = waiting
        self.seconds = seconds
        self._moved_at = 0.0
        self._given, self._took = 0.0, 0.0

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return self._shares.waiting()

    @property
    def is_full(self) -> bool:
        """Whether one more would be refused, since there is no room, or since its turn would not come in time.

        Known before anything is done for it.
        """
        waiting = self._shares.waiting()
        if waiting == 0:
            return False
        if waiting >= self._most_waiting:
            return True
        if self._took >= SECONDS_OF_EVIDENCE and waiting * self._took > self.seconds * self._given:
            return True
        return _now() - self._moved_at > STANDS_STILL

    def turn(self, key: Hashable) -> Turn:
        """Return a turn to be taken."""
        return Turn(self, key)

    async def place(self, key: Hashable) -> AsyncExitStack:
        """Return a place once it is free, to be closed when it is no longer needed; raises :class:`BusyError`."""
        if self.is_full:
            raise BusyError
        if not self._shares.waiting():
            self._moved_at = _now()
        has_to_wait = self._shares.is_taken
        stack = AsyncExitStack()
        try:
            async with asyncio.timeout(self.seconds):
                await stack.enter_async_context(self._shares.place(key))
        except (TimeoutError, CrowdedError):
            await stack.aclose()
            raise BusyError from None
        if has_to_wait:
            self._note(_now() - self._moved_at)
        self._moved_at = _now()
        return stack

    def _note(self, seconds: float) -> None:
        """Count a turn that somebody waited for, and forget a little of those before it."""
        kept = math.exp(-seconds / SECONDS_REMEMBERED)
        self._given = self._given * kept + 1
        self._took = self._took * kept + seconds


def _now() -> float:
    return asyncio.get_running_loop().time()


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def working(turn: Turn) -> None:
    """Make ``turn`` the one of this task and of those that it starts."""
    _turn.set(turn)


@asynccontextmanager
async def resting() -> AsyncIterator[None]:
    """Let others work while what stands in it waits for a place that is counted elsewhere."""
    turn = _turn.get()
    if turn is None or not turn.is_held:
        yield
        return
    await turn.rest()
    try:
        yield
    finally:
        await turn.resume()
