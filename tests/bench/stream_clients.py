"""Thousands of open pages in a process of their own: takes orders as lines of JSON and answers in kind."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from contextlib import suppress
from itertools import count

EVENT = b"event: files:changed"
RETRY = re.compile(rb"retry: ([0-9]+)")
RETRY_AFTER = re.compile(rb"\r\nretry-after: ([0-9]+)", re.IGNORECASE)
FIRST_PACE = 1.0
"""Seconds after which a page comes back, on average, unless its stream has told it otherwise."""
FIRST_PAUSE, MOST_PAUSE = 0.5, 30.0
"""Seconds, on average, that a page adds to what it is told when it is sent away (web/static/js/20-live.js)."""
OPENED_AT_ONCE = 16
SECONDS_TO_OPEN = 20
SECONDS_FOR_ALL = 65
"""After this no more are opened: on a machine that is busy with other things the table says how many there were."""


class Page(asyncio.Protocol):
    """One stream. It only counts what it is waiting for."""

    def __init__(self, pages: Pages, request: bytes) -> None:
        self._pages = pages
        self._request = request
        self.transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.back_after = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            if found := RETRY_AFTER.search(data):
                self.back_after = float(found[1])
            self.opened.set_result(data.startswith(b"HTTP/1.1 200"))
        if found := RETRY.search(data):
            self._pages.pace = int(found[1]) / 1000
        if EVENT in data:
            self._pages.arrived()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_result(False)


class Pages:
    """All of them."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._count = 0
        self._last = 0.0
        self._wanted = 0
        self._sent_away = 0
        self._complete = asyncio.Event()
        self._open: dict[str, Page] = {}
        self.pace = FIRST_PACE

    async def open(self, tokens: list[str]) -> dict[str, float]:
        gate, end = asyncio.Semaphore(OPENED_AT_ONCE), time.monotonic() + SECONDS_FOR_ALL

        async def one(token: str) -> float | None:
            async with gate:
                return await self._dial(token) if time.monotonic() < end else 0.0

        found = await asyncio.gather(*(one(token) for token in tokens), return_exceptions=True)
        return {"open": sum(item is None for item in found)}

    async def break_off(self, seconds: float) -> dict[str, float]:
        """Lose all streams at the same moment, and come back as browsers do; tells how long that took."""
        tokens, began = list(self._open), time.monotonic()
        dials = 0

        async def come_back(token: str) -> float:
            nonlocal dials
            told, pause = 0.0, self.pace
            for attempt in count():
                await asyncio.sleep(told + random.uniform(0, 2 * pause))  # noqa: S311  # no secret
                dials += 1
                told, pause = 0.0, min(MOST_PAUSE, FIRST_PAUSE * 2**attempt)
                with suppress(OSError, TimeoutError):
                    sent_away = await self._dial(token)
                    if sent_away is None:
                        break
                    told = sent_away
            return time.monotonic() - began

        for page in list(self._open.values()):
            if page.transport is not None:
                page.transport.abort()
        self._open.clear()
        self._sent_away = 0
        done, pending = await asyncio.wait([asyncio.create_task(come_back(each)) for each in tokens], timeout=seconds)
        for task in pending:
            task.cancel()
        took = sorted(task.result() for task in done)
        return {
            "back": len(done),
            "seconds": took[-1] if took else 0.0,
            "most": took[int(len(took) * 0.99)] if took else 0.0,
            "dials": dials,
            "sent_away": self._sent_away,
        }

    async def _dial(self, token: str) -> float | None:
        """Open a stream; returns after how many seconds to come back if it is refused."""
        request = f"GET /live HTTP/1.1\r\nHost: {self._host}\r\nCookie: __Host-adx_session={token}\r\n\r\n".encode()
        loop = asyncio.get_running_loop()
        transport, page = await loop.create_connection(lambda: Page(self, request), "127.0.0.1", self._port)
        if await asyncio.wait_for(page.opened, SECONDS_TO_OPEN):
            self._open[token] = page
            return None
        transport.close()
        self._sent_away += page.back_after > 0
        return page.back_after

    async def await_all(self, wanted: int, seconds: float) -> dict[str, float]:
        self._count, self._wanted = 0, wanted
        self._complete.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._complete.wait(), seconds)
        return {"count": self._count, "last": self._last}

    def arrived(self) -> None:
        self._count += 1
        self._last = time.time()
        if self._count == self._wanted:
            self._complete.set()


async def main(host: str, port: int) -> None:
    """Serve until the orders end."""
    pages = Pages(host, port)
    orders = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        if "open" in order:
            answer = await pages.open(order["open"])
        elif "break_off" in order:
            answer = await pages.break_off(order["break_off"])
        else:
            answer = await pages.await_all(order["await"], order["seconds"])
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
