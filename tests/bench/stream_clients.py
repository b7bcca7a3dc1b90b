"""Thousands of open pages in a process of their own: takes orders as lines of JSON and answers in kind."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress

EVENT = b"event: files:changed"
OPENED_AT_ONCE = 16
SECONDS_TO_OPEN = 20
SECONDS_FOR_ALL = 65
"""After this no more are opened: on a machine that is busy with other things the table says how many there were."""


class Page(asyncio.Protocol):
    """One stream. It only counts what it is waiting for."""

    def __init__(self, pages: Pages, request: bytes) -> None:
        self._pages = pages
        self._request = request
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            self.opened.set_result(data.startswith(b"HTTP/1.1 200"))
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
        self._complete = asyncio.Event()

    async def open(self, tokens: list[str]) -> dict[str, float]:
        gate, end = asyncio.Semaphore(OPENED_AT_ONCE), time.monotonic() + SECONDS_FOR_ALL

        async def one(token: str) -> bool:
            request = f"GET /live HTTP/1.1\r\nHost: {self._host}\r\nCookie: __Host-adx_session={token}\r\n\r\n".encode()
            async with gate:
                if time.monotonic() > end:
                    return False
                loop = asyncio.get_running_loop()
                _, page = await loop.create_connection(lambda: Page(self, request), "127.0.0.1", self._port)
                return await asyncio.wait_for(page.opened, SECONDS_TO_OPEN)

        found = await asyncio.gather(*(one(token) for token in tokens), return_exceptions=True)
        return {"open": sum(item is True for item in found)}

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
        answer = await (
            pages.open(order["open"]) if "open" in order else pages.await_all(order["await"], order["seconds"])
        )
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
