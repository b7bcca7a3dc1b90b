"""The smallest HTTP client that will do: one kept connection, so that the measuring costs next to nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import AsyncIterable


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Browser:
    """One connection of one person."""

    def __init__(self, address: str, port: int, host: str, token: str | None = None) -> None:
        self._address, self._port = address, port
        cookie = f"Cookie: __Host-adx_session={token}\r\n" if token else ""
        self._fixed = f"Host: {host}\r\nAccept: text/html\r\n{cookie}"
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._address, self._port, limit=1 << 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def get(self, path: str, *, compressed: bool = True) -> Answer:
        coding = "Accept-Encoding: br\r\n" if compressed else ""
        self._writer.write(f"GET {path} HTTP/1.1\r\n{self._fixed}{coding}\r\n".encode())
        return await self._answer()

    async def post(self, path: str, chunks: AsyncIterable[bytes], *, length: int, kind: str, more: str = "") -> Answer:
        """Send a body piece by piece, as fast as it is taken."""
        head = f"POST {path} HTTP/1.1\r\n{self._fixed}{more}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        self._writer.write(head.encode())
        async for chunk in chunks:
            self._writer.write(chunk)
            await self._writer.drain()
        return await self._answer()

    async def _answer(self) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return Answer(status, headers, await self._body(headers))

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self._reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        parts = []
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readline()
        return b"".join(parts)
