"""A request sent piece by piece, straight into the app."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TestTenant
    from tests.support.visitor import Visitor
    from web.kit.app import WebApp


class RawAnswer:
    """What came back of a request that was written by hand."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    async def take(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.headers |= dict(message.get("headers", ()))
        self.body += message.get("body", b"")


def scope_of(method: str, path: str, *headers: tuple[bytes, bytes], **more: Any) -> Any:
    """The scope of a request, with headers as they are and in their order."""
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "scheme": "http", "headers": headers, "client": ("198.18.2.3", 1), "http_version": "1.1", **more,
    }  # fmt: skip


async def ask_raw(app: Any, method: str, path: str, *headers: tuple[bytes, bytes], **more: Any) -> RawAnswer:
    """Send a request without a body."""
    answer = RawAnswer()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope_of(method, path, *headers, **more), receive, answer.take)
    return answer


class Sender:
    """Sends a body piece by piece, and counts how far the app let it."""

    method = "POST"

    def __init__(self, pieces: list[bytes], repeat: tuple[bytes, int] = (b"", 0), last: bytes = b"") -> None:
        self._pieces = iter([*pieces, *[repeat[0]] * repeat[1], last])
        self._next: bytes | None = next(self._pieces)
        self.status = 0
        self.body = b""
        self.sent = 0

    async def receive(self) -> dict[str, Any]:
        piece, self._next = self._next, next(self._pieces, None)
        if piece is None:
            await asyncio.sleep(60)
            raise TimeoutError
        self.sent += len(piece)
        return {"type": "http.request", "body": piece, "more_body": self._next is not None}

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")

    async def to(
        self,
        app: WebApp | Application,
        tenant: TestTenant,
        visitor: Visitor,
        path: str,
        *headers: tuple[str, str],
        address: str = "198.18.2.2",
    ) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies[tenant.host].items())
        given = [("host", tenant.host), ("cookie", cookies), *headers]
        scope: Any = {
            "type": "http", "method": self.method, "path": path.partition("?")[0],
            "query_string": path.partition("?")[2].encode(), "scheme": "http",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given],
            "client": (address, 1), "http_version": "1.1",
        }  # fmt: skip
        application: Any = app
        await application(scope, self.receive, self.send)
