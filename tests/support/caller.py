"""A signed-in person's requests over real HTTP, each with the time it took."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from tests.support.people import sign_in
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from core.db import Database
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

TOKEN = re.compile(r"X-CSRF-Token(?:&#34;|&quot;|\"): ?(?:&#34;|&quot;|\")([\w=-]+)")
BOUNDARY = "caller-boundary"
LONGEST_ANSWER = 10.0
"""Seconds: whatever is down, a person is not kept waiting longer."""


@dataclass(frozen=True)
class Reply:
    """What came back, and how long it took."""

    status: int
    headers: httpx.Headers
    text: str
    seconds: float


class Caller:
    """One person on the base host and on the host of their workspace. Made by :func:`caller_of`."""

    def __init__(self, deployment: Deployment, owner: Owner, tokens: Mapping[str, str]) -> None:
        self.owner = owner
        self._deployment = deployment
        self._tokens = tokens
        self._csrf: dict[str, str] = {}

    async def get(self, path: str, *, home: bool = False) -> Reply:
        """Ask for a page of the workspace, or of the base host."""
        return await self._send("GET", path, home=home)

    async def post(self, path: str, data: Mapping[str, str] | None = None, *, home: bool = False) -> Reply:
        """Send a form."""
        return await self._send("POST", path, home=home, data={**(data or {})}, headers=await self._proof(home=home))

    async def upload(self, name: str, content: bytes) -> Reply:
        """Upload a file in one go."""
        return await self._send("POST", "/files", files={"file": (name, content)}, headers=await self._proof())

    async def upload_slowly(self, name: str, pieces: AsyncIterator[bytes], size: int) -> Reply:
        """Upload a file piece by piece; fails as httpx does when the connection breaks."""
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()

        async def body() -> AsyncIterator[bytes]:
            yield head
            async for piece in pieces:
                yield piece
            yield tail

        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(head) + size + len(tail)),
            **await self._proof(),
        }
        return await self._send("POST", "/files", content=body(), headers=headers)

    async def prepare(self) -> None:
        """Take the proofs that forms carry, before something is taken down."""
        await self._proof()
        await self._proof(home=True)

    async def _proof(self, *, home: bool = False) -> dict[str, str]:
        host = self._host(home=home)
        if host not in self._csrf:
            page = await self.get("/sessions" if home else "/members", home=home)
            found = TOKEN.search(page.text)
            assert found, page.text[:2000]
            self._csrf[host] = found.group(1)
        return {"X-CSRF-Token": self._csrf[host]}

    def _host(self, *, home: bool) -> str:
        return self._deployment.host if home else f"{self.owner.slug}.{self._deployment.host}"

    async def _send(
        self, method: str, path: str, *, home: bool = False, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Reply:
        host = self._host(home=home)
        cookie = f"{SESSION_COOKIE}={self._tokens[host]}"
        url = f"http://127.0.0.1:{urlsplit(self._deployment.base_url).port}{path}"
        began = time.monotonic()
        async with httpx.AsyncClient(timeout=30) as client:
            sent = {"Host": host, "Cookie": cookie, "Accept": "text/html", **(headers or {})}
            answer = await client.request(method, url, headers=sent, **more)
        return Reply(answer.status_code, answer.headers, answer.text, time.monotonic() - began)


async def caller_of(deployment: Deployment, db: Database, owner: Owner) -> Caller:
    """A person signed in on both hosts."""
    tokens = {
        deployment.host: await sign_in(db, owner, home=True),
        f"{owner.slug}.{deployment.host}": await sign_in(db, owner),
    }
    return Caller(deployment, owner, tokens)
