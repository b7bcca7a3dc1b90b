"""A browser's side of a stream, without a browser."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.kit.app import WebApp


OPEN = 200


class Stream:
    """Reads messages as they come. ``messages`` are (id, event name, data)."""

    def __init__(self, app: WebApp, host: str, cookies: str, after: str, last_event_id: str) -> None:
        headers = [(b"host", host.encode()), (b"cookie", cookies.encode())]
        if last_event_id:
            headers.append((b"last-event-id", last_event_id.encode()))
        scope: Any = {
            "type": "http", "method": "GET", "path": "/live", "query_string": f"after={after}".encode(),
            "headers": headers, "client": ("198.18.1.1", 5000), "scheme": "http", "http_version": "1.1",
        }  # fmt: skip
        self.status = 0
        self._hub = app.kit.services.hub
        self._has_joined = False
        self.headers: dict[str, str] = {}
        self.messages: list[tuple[str, str, str]] = []
        self.blocked = asyncio.Event()
        self.blocked.set()
        self._gone = asyncio.Event()
        self._text = ""
        self._changed = asyncio.Event()
        application: Any = app
        self._task = asyncio.create_task(application(scope, self._receive, self._send))

    @property
    def keys(self) -> list[str]:
        """The text of each HTML message."""
        return [data.split(">")[2].split("<")[0] for _, name, data in self.messages if not name]

    @property
    def ended(self) -> bool:
        return self._task.done()

    async def open(self) -> Stream:
        """Wait for the answer; where it is a stream, until whatever is published from now on arrives by it."""
        await self.until(
            lambda: self.status != 0 and (self.status != OPEN or (self._has_joined and self._is_caught_up))
        )
        return self

    @property
    def _is_caught_up(self) -> bool:
        channels = self._hub._channels.values()  # nothing but a test has to wait for it
        return all(viewer.caught_up for channel in channels for viewer in channel.viewers)

    async def until(self, condition: Any, seconds: float = 8) -> None:  # any predicate
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                waiting = asyncio.create_task(self._changed.wait())
                await asyncio.wait({waiting, self._task}, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()

    async def leave(self) -> None:
        self._gone.set()
        self.blocked.set()
        await asyncio.wait({self._task}, timeout=8)

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:  # an ASGI message
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self._text += message["body"].decode()
            self._has_joined = True  # it joins as soon as the first bytes are out
            self._parse()
        self._changed.set()
        await self.blocked.wait()

    def _parse(self) -> None:
        *blocks, self._text = self._text.split("\n\n")
        for block in blocks:
            lines = [line.partition(": ") for line in block.split("\n") if not line.startswith(":")]
            fields = {name: value for name, _, value in lines}
            if lines:
                data = "\n".join(value for name, _, value in lines if name == "data")
                self.messages.append((fields.get("id", ""), fields.get("event", ""), data))
