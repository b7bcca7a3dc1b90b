"""Opening streams: a few at a time, so many a minute of one network and one session, and the rest is told to come back.

After a restart all pages want their streams back at once. Each opening asks the database and may render news, so they
take turns of their own beside those of pages; whoever finds no room is refused at once, for next to nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from core.metrics import REFUSED
from core.turns import Turns
from web.kit.busy import Pace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Send = Callable[[Any], Awaitable[None]]

AT_ONCE = 8
WAITING = 4096
WAITING_SECONDS = 15.0
"""To wait costs a page no more than to be open, and to dial again costs everybody; pages that wait are answered first.
"""
BACK_AFTER = (2, 20)
"""Seconds within which those who found no room come back, spread evenly."""

WINDOW_SECONDS = 60
OF_A_SESSION = 240
OF_A_NETWORK = 20_000
"""Openings within a minute: a hundred pages of one person, or a large house behind one address, may come back twice."""

MOST_COUNTED = 200_000


class Openings:
    """Who may open a stream now, in one process."""

    def __init__(self) -> None:
        self.turns = Turns(at_once=AT_ONCE, waiting=WAITING, seconds=WAITING_SECONDS)
        self._pace = Pace()
        self._counted: Counter[bytes | str] = Counter()
        self._window_ends = 0.0

    def count(self, network: str, token: str | None) -> int:
        """Count an opening for which there is room; returns 0 where it may go on, else after how many seconds."""
        now = asyncio.get_running_loop().time()
        if now >= self._window_ends or len(self._counted) > MOST_COUNTED:
            self._counted.clear()
            self._window_ends = now + WINDOW_SECONDS
        self._counted[network] += 1
        too_many = self._counted[network] > OF_A_NETWORK
        if token is not None:
            session = hashlib.sha256(token.encode()).digest()
            self._counted[session] += 1
            too_many |= self._counted[session] > OF_A_SESSION
        return 1 + int(self._window_ends - now) if too_many else 0

    async def send_away(self, send: Send, status: int = 503, seconds: int | None = None) -> None:
        """Say that there is no room, and when to come back."""
        REFUSED.labels("stream").inc()
        await self._pace.wait()
        after = random.randint(*BACK_AFTER) if seconds is None else seconds  # noqa: S311  # no secret
        await refuse(send, status, (b"retry-after", str(after).encode()))


async def refuse(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    """Answer a request for a stream that is not opened, in plain text: the page would take HTML for a stream."""
    told = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
