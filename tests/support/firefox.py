"""Debian's Firefox for Playwright: stands between the two, and answers the one command that this Firefox does not know.

Playwright drives a Firefox that it has not patched over WebDriver BiDi (its channel ``moz-firefox``), so that one walk
and one journey serve both browsers, without a driver (geckodriver is not in Debian) or a second language of tests.
Each of its contexts asks for media features first, which Firefox ESR 153 refuses as unknown; that refusal would end the
context. What is asked for there is given by preferences instead (``PREFERENCES``).
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sys
from functools import partial
from typing import TYPE_CHECKING

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, Ping, Request, TextMessage

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncIterator
    from pathlib import Path

FIREFOX = "/usr/bin/firefox-esr"
UNKNOWN = "emulation.setMediaFeaturesOverride"
PREFERENCES: dict[str, str | float | bool] = {"ui.prefersReducedMotion": 1}
SAID = re.compile(r"(WebDriver BiDi listening on ws://127\.0\.0\.1:)(\d+)")
HOST = "127.0.0.1"
CHUNK = 1 << 16


def executable(folder: Path) -> Path:
    """Make the program that Playwright is to start."""
    program = folder / "firefox"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(__file__)} "$@"\n')
    program.chmod(0o700)
    return program


class Line:
    """One end of a connection over which whole messages come and go."""

    def __init__(self, kind: ConnectionType, reader: StreamReader, writer: StreamWriter) -> None:
        self._connection, self._reader, self._writer = WSConnection(kind), reader, writer

    async def open(self, port: int) -> None:
        """Ask Firefox for the connection, and wait until it is there."""
        self._writer.write(self._connection.send(Request(host=f"{HOST}:{port}", target="/session")))
        self._connection.receive_data(await self._reader.readuntil(b"\r\n\r\n"))
        if not any(isinstance(event, AcceptConnection) for event in self._connection.events()):
            raise ConnectionError("Firefox does not let itself be driven")

    async def messages(self) -> AsyncIterator[str]:
        """What comes from the other end, until it hangs up."""
        parts: list[str] = []
        while data := await self._reader.read(CHUNK):
            self._connection.receive_data(data)
            for event in self._connection.events():
                match event:
                    case Request():
                        self._writer.write(self._connection.send(AcceptConnection()))
                    case Ping() | CloseConnection():
                        self._writer.write(self._connection.send(event.response()))
                    case TextMessage():
                        parts.append(event.data)
                        if event.message_finished:
                            yield "".join(parts)
                            parts.clear()
                    case _:
                        raise TypeError(event)

    def send(self, text: str) -> None:
        """Send a message to the other end."""
        self._writer.write(self._connection.send(Message(text)))

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def relay(port: int, reader: StreamReader, writer: StreamWriter) -> None:
    """Let everything through between Playwright and Firefox but the command that is unknown."""
    playwright = Line(ConnectionType.SERVER, reader, writer)
    firefox = Line(ConnectionType.CLIENT, *await asyncio.open_connection(HOST, port))
    await firefox.open(port)

    async def answers() -> None:
        async for text in firefox.messages():
            playwright.send(text)
        playwright.close()

    async def commands() -> None:
        async for text in playwright.messages():
            command = json.loads(text)
            if command.get("method") == UNKNOWN:
                playwright.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
            else:
                firefox.send(text)
        firefox.close()

    await asyncio.gather(answers(), commands())


async def main(arguments: list[str]) -> int:
    """Start Firefox, and say where it can be driven: here."""
    process = await asyncio.create_subprocess_exec(FIREFOX, *arguments, stderr=asyncio.subprocess.PIPE)
    if process.stderr is None:
        raise TypeError(process)
    async for line in process.stderr:
        text = line.decode(errors="replace")
        if said := SAID.search(text):
            server = await asyncio.start_server(partial(relay, int(said.group(2))), HOST, 0)
            text = f"{said.group(1)}{server.sockets[0].getsockname()[1]}\n"
        sys.stderr.write(text)
        sys.stderr.flush()
    return await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
