"""A small reverse proxy: kept-alive connections to those that are ready, and no second try, so that a loss is seen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

LOOK_EVERY = 0.1
HEAD_ENDS = b"\r\n\r\n"


@dataclass(eq=False)
class Target:
    """A process behind the proxy, with its kept connections. ``answers`` counts what it answered."""

    port: int
    ready: bool = False
    answers: int = 0
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)


class Proxy:
    """Passes requests on to ready targets in turns. ``lost`` are the requests that got no answer."""

    def __init__(self, *ports: int) -> None:
        self.targets = [Target(port) for port in ports]
        self.lost: list[str] = []
        self.port = 0
        self._next = 0
        self._server: asyncio.Server | None = None
        self._looking: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._looking = [asyncio.create_task(self._look(target)) for target in self.targets]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._looking:
            task.cancel()
        for target in self.targets:
            for _, writer in target.idle:
                writer.close()

    async def _look(self, target: Target) -> None:
        while True:
            target.ready = await _is_ready(target.port)
            await asyncio.sleep(LOOK_EVERY)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(HEAD_ENDS)
                request = head + await _body_of(head, reader)
                target = self._chosen()
                try:
                    answer = await self._pass_on(target, request)
                except (asyncio.IncompleteReadError, OSError) as error:
                    self.lost.append(f"{head.partition(b' HTTP')[0].decode()} at {target.port}: {error!r}")
                    answer = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
                writer.write(answer)
                await writer.drain()
        writer.close()

    def _chosen(self) -> Target:
        ready = [target for target in self.targets if target.ready] or self.targets
        self._next += 1
        return ready[self._next % len(ready)]

    async def _pass_on(self, target: Target, request: bytes) -> bytes:
        reader, writer = await self._connection(target)
        try:
            writer.write(request)
            head = await reader.readuntil(HEAD_ENDS)
            body = await _body_of(head, reader)
        except BaseException:
            writer.close()
            raise
        target.answers += 1
        if b"connection: close" in head.lower():
            writer.close()
        else:
            target.idle.append((reader, writer))
        return head + body

    async def _connection(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while target.idle:
            reader, writer = target.idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", target.port, limit=1 << 20)


async def _body_of(head: bytes, reader: asyncio.StreamReader) -> bytes:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n")[1:])
    fields = {name.strip(): value.strip() for name, _, value in lines}
    if length := int(fields.get(b"content-length", b"0")):
        return await reader.readexactly(length)
    if fields.get(b"transfer-encoding") != b"chunked":
        return b""
    parts = []
    while True:
        parts.append(await reader.readuntil(b"\r\n"))
        size = int(parts[-1], 16)
        parts.append(await reader.readexactly(size + 2))
        if not size:
            return b"".join(parts)


async def _is_ready(port: int) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
