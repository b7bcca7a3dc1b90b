"""A virus scanner that answers when it is told to: what clamd's INSTREAM command looks like from outside (clamd(8))."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.factories.files import EICAR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.links import Background

COMMAND = b"zINSTREAM\0"


class Scanner:
    """Listens on ``port`` from :meth:`open` to :meth:`shut`; while held it takes the bytes and says nothing."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._server: asyncio.Server | None = None
        self._speaks = asyncio.Event()
        self._speaks.set()
        self.port = 0
        self.scans = 0
        self.open()

    @property
    def url(self) -> str:
        """What CLAMD_URL is set to."""
        return f"tcp://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Be there."""
        self._background.run(self._open())

    def shut(self) -> None:
        """Be gone: connections are refused."""
        self._background.run(self._shut())

    def hold(self) -> None:
        """Keep the next verdicts to itself."""
        self._background.run(self._set(speaks=False))

    def release(self) -> None:
        """Give all verdicts."""
        self._background.run(self._set(speaks=True))

    async def _open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _set(self, *, speaks: bool) -> None:
        if speaks:
            self._speaks.set()
        else:
            self._speaks.clear()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readexactly(len(COMMAND))
            content = b"".join([piece async for piece in _pieces(reader)])
            self.scans += 1
            await self._speaks.wait()
            verdict = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
            writer.write(verdict + b"\0")
            await writer.drain()
        writer.close()


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        yield await reader.readexactly(size)
