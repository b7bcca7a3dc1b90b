"""Scanners for harmful content: ClamAV where one is configured, else the embedded rules."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import yara_x

from core.errors import UnavailableError
from core.messages import messages_of
from core.scratch import scratch
from domain.files.types import Scanned

N_ = messages_of("files")

RULES = Path(__file__).with_name("harmful.yar")
SECONDS_FOR_THE_RULES = 300
SECONDS_TO_CONNECT = 5
CLAMD_PORT = 3310
LONGEST_ANSWER = 4096
SECONDS_WITHOUT_AN_ANSWER = 600

# Names of findings that mean "could not look inside". clamd must run with `AlertExceedsMax yes`: with its default it
# answers OK for whatever is too large or too deep for it.
NOT_LOOKED_INTO = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")


class Scanner(Protocol):
    """Looks through a stream of bytes; raises UnavailableError when it cannot, and never calls that clean."""

    async def scan(self, chunks: AsyncIterable[bytes]) -> Scanned:
        """Return the verdict on the bytes."""


def scanner_for(clamd_url: str | None) -> Scanner:
    """Return the scanner of this installation: ``tcp://host:3310``, ``unix:///path``, or None for the rules."""
    return ClamdScanner(clamd_url) if clamd_url else RuleScanner()


class RuleScanner:
    """The embedded scanner: a few rules run by YARA-X. It knows no virus database, and the page says so."""

    name = "YARA-X"

    def __init__(self) -> None:
        self._rules = yara_x.compile(RULES.read_text())

    async def scan(self, chunks: AsyncIterable[bytes]) -> Scanned:
        """Run the rules over a temporary copy, which is mapped, not read, into memory."""
        with scratch() as folder:
            path = folder / "copy"
            with await asyncio.to_thread(path.open, "wb") as copy:
                async for chunk in chunks:
                    await asyncio.to_thread(copy.write, chunk)
            return await asyncio.to_thread(self._match, str(path))

    def _match(self, path: str) -> Scanned:
        scanner = yara_x.Scanner(self._rules)
        scanner.set_timeout(SECONDS_FOR_THE_RULES)
        try:
            found = scanner.scan_file(path).matching_rules
        except yara_x.TimeoutError:
            return Scanned("unscannable", self.name, "timeout")
        return Scanned("infected", self.name, found[0].identifier) if found else Scanned("clean", self.name)


class ClamdScanner:
    """A ClamAV daemon, spoken to by its INSTREAM command (clamd(8))."""

    name = "ClamAV"

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    async def scan(self, chunks: AsyncIterable[bytes]) -> Scanned:
        """Send the bytes to the daemon as they are read."""
        try:
            async with asyncio.timeout(SECONDS_TO_CONNECT):
                connection = await self._connect()
            with connection:
                async with asyncio.timeout(SECONDS_WITHOUT_AN_ANSWER):
                    return self._judge(await _converse(connection, chunks))
        except (OSError, TimeoutError) as error:
            raise _unavailable() from error

    async def _connect(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        family = socket.AF_UNIX
        address: Any = self._url.path  # of whatever shape the family has
        if self._url.scheme == "tcp":
            port = self._url.port or CLAMD_PORT
            found = await loop.getaddrinfo(self._url.hostname, port, type=socket.SOCK_STREAM)
            family, address = found[0][0], found[0][4]
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)  # noqa: FBT003  # the standard library's signature
        try:
            await loop.sock_connect(connection, address)
        except BaseException:
            connection.close()
            raise
        return connection

    def _judge(self, answer: str) -> Scanned:
        """Read ``stream: OK``, ``stream: <name> FOUND`` or ``<what> ERROR``."""
        verdict = answer.removeprefix("stream: ")
        if verdict == "OK":
            return Scanned("clean", self.name)
        if verdict.endswith(" FOUND"):
            finding = verdict.removesuffix(" FOUND")
            skipped = finding.startswith(NOT_LOOKED_INTO)
            return Scanned("unscannable" if skipped else "infected", self.name, finding)
        if "size limit exceeded" in verdict:
            return Scanned("unscannable", self.name, verdict.removesuffix(". ERROR"))
        raise _unavailable()


async def _converse(connection: socket.socket, chunks: AsyncIterable[bytes]) -> str:
    """Send the stream and return the answer, without its closing zero.

    Past its size limit the daemon answers in the middle of the stream and hangs up. A plain socket still has that
    answer then; asyncio's streams throw it away with the broken connection.
    """
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):  # what matters is whether there was an answer
        await loop.sock_sendall(connection, b"zINSTREAM\0")
        async for chunk in chunks:
            await loop.sock_sendall(connection, len(chunk).to_bytes(4, "big") + chunk)
        await loop.sock_sendall(connection, bytes(4))
    answer = b""
    while not answer.endswith(b"\0"):
        part = await loop.sock_recv(connection, LONGEST_ANSWER)
        if not part:
            raise ConnectionError("the scanner hung up without an answer")
        answer += part
    return answer[:-1].decode(errors="replace")


def _unavailable() -> UnavailableError:
    return UnavailableError(
        N_("The virus scanner cannot be reached. The file can’t be opened until it is back."),
        code="scanner_unavailable",
    )
