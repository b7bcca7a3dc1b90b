"""Scanners for harmful content: ClamAV where one is configured, else the embedded rules."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import yara_x

from core.errors import UnavailableError
from core.messages import messages_of
from domain.files.types import Scanned

N_ = messages_of("files")

RULES = Path(__file__).with_name("harmful.yar")
SECONDS_FOR_THE_RULES = 300
SECONDS_TO_CONNECT = 5
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
        with tempfile.NamedTemporaryFile(prefix="adx-scan-") as copy:
            async for chunk in chunks:
                await asyncio.to_thread(copy.write, chunk)
            copy.flush()
            return await asyncio.to_thread(self._match, copy.name)

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
                reader, writer = await self._connect()
            try:
                async with asyncio.timeout(SECONDS_WITHOUT_AN_ANSWER):
                    return self._judge(await _converse(reader, writer, chunks))
            finally:
                writer.close()
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise _unavailable() from error

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._url.scheme == "unix":
            return await asyncio.open_unix_connection(self._url.path)
        return await asyncio.open_connection(self._url.hostname, self._url.port or 3310)

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


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunks: AsyncIterable[bytes]) -> str:
    # Listened to from the start: past its size limit the daemon answers in the middle of the stream and hangs up.
    answer = asyncio.create_task(reader.readuntil(b"\0"))
    try:
        await _send(writer, chunks, answer)
        return (await answer)[:-1].decode(errors="replace")
    finally:
        answer.cancel()


async def _send(writer: asyncio.StreamWriter, chunks: AsyncIterable[bytes], answer: asyncio.Task[bytes]) -> None:
    with contextlib.suppress(ConnectionError):  # what matters is whether there was an answer
        writer.write(b"zINSTREAM\0")
        async for chunk in chunks:
            if answer.done():
                return
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()


def _unavailable() -> UnavailableError:
    return UnavailableError(
        N_("The virus scanner cannot be reached. The file stays closed until it is back."), code="scanner_unavailable"
    )
