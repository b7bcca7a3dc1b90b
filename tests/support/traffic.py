"""People who read and send without a pause through a proxy, and what they were answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Self

import httpx

from tests.support.caller import TOKEN
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from tests.support.proxy import Proxy

READERS = 4
WRITERS = 2


class Traffic:
    """Over connections that they keep. ``statuses`` counts what they were answered, by method."""

    def __init__(
        self, proxy: Proxy, host: str, token: str, *, content: bytes = b"a note", name: str = "note.txt"
    ) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._headers = {"Host": host, "Cookie": f"{SESSION_COOKIE}={token}", "Accept": "text/html"}
        self._base = f"http://127.0.0.1:{proxy.port}"
        self._file = (name, content)
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        async with self._client() as client:
            found = TOKEN.search((await client.get("/members")).text)
        assert found
        self._headers["X-CSRF-Token"] = found.group(1)
        self._tasks = [asyncio.create_task(self._go_on("GET", "/files")) for _ in range(READERS)]
        self._tasks += [asyncio.create_task(self._go_on("POST", "/files")) for _ in range(WRITERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._base, headers=self._headers, timeout=30)

    async def _go_on(self, method: str, path: str) -> None:
        async with self._client() as client:
            while not self._stop.is_set():
                files = {"file": self._file} if method == "POST" else None
                answer = await client.request(method, path, files=files)
                self.statuses[method, answer.status_code] += 1
                await asyncio.sleep(0.02)
