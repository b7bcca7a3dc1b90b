"""An upload that ends in the middle, or never."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from web.files import receiving

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TestTenant
    from tests.support.visitor import Visitor


class LostUpload:
    """A browser that goes away in the middle of a file, whose form ends there, or that sends a byte now and then."""

    def __init__(self, visitor: Visitor, tenant: TestTenant, ending: str, *, announced: int = 1_000_000) -> None:
        self.begun = False
        self.holding, self.let_go = asyncio.Event(), asyncio.Event()
        self._announced = announced
        self.now = 0.0
        self.status = 0
        self._visitor = visitor
        self._tenant = tenant
        self._messages = self._bring(ending)

    def _bring(self, ending: str) -> Any:
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        yield {"type": "http.request", "body": head + bytes(100_000), "more_body": True}
        self.begun = True
        if ending == "half":
            yield {"type": "http.request", "body": bytes(1000), "more_body": False}
        while ending == "steady" and self.now < 10**6:
            self.now += 20
            yield {"type": "http.request", "body": bytes(10_000), "more_body": True}
        if ending in {"hold", "renewed"}:
            yield None
        if ending == "renewed":
            self.now += 2 * receiving.SECONDS_BETWEEN_RENEWALS
            yield {"type": "http.request", "body": bytes(1000), "more_body": True}
            self.let_go.clear()
            yield None
        while ending == "trickle":
            self.now += 29
            yield {"type": "http.request", "body": b"x", "more_body": True}
        while True:
            yield {"type": "http.disconnect"}

    def scope(self) -> dict[str, Any]:
        cookies = "; ".join(f"{key}={value}" for key, value in self._visitor.cookies[self._tenant.host].items())
        headers = {
            "host": self._tenant.host,
            "cookie": cookies,
            "x-csrf-token": self._visitor._csrf[self._tenant.host],
            "content-type": "multipart/form-data; boundary=b",
            "content-length": str(self._announced),
        }
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/files",
            "raw_path": b"/files",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (self._visitor.address, 50000),
            "server": ("127.0.0.1", 8000),
        }

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] | None = next(self._messages)
        if message is None:
            self.holding.set()
            await self.let_go.wait()
            return await self.receive()
        return message

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
