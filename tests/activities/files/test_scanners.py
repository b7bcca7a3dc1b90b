from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from activities.files.scanners import ClamdScanner, RuleScanner
from core.errors import UnavailableError
from domain.files.types import Scanned
from tests.factories.files import EICAR, pdf, photo, picture, streamed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PROGRAM_STARTER = b"%PDF-1.7\n1 0 obj << /S /Launch /Win << /F (C:\\\\Windows\\\\cmd.exe) >> >> endobj"
HIDDEN_SCRIPT = b"%PDF-1.7\n<< /OpenAction << /S /JavaScript /JS (this.x = unescape('%u9090')) >> >>"
POISONED_PICTURE = picture() + b"<?php @eval($_POST['c']); ?>"


HARMFUL = {
    "test-file": EICAR,
    "test-file-within": b"mail body\n" + EICAR,
    "program-starter": PROGRAM_STARTER,
    "hidden-script": HIDDEN_SCRIPT,
    "poisoned-picture": POISONED_PICTURE,
}
HARMLESS = {
    "nothing": b"",
    "text": b"plain text about cmd.exe and eval(",
    "picture": picture(),
    "photo": photo(),
    "document": pdf(3),
}


@pytest.mark.parametrize("content", HARMFUL.values(), ids=HARMFUL)
async def test_the_rules_find_what_they_know(content: bytes) -> None:
    scanned = await RuleScanner().scan(streamed(content))

    assert (scanned.verdict, scanned.scanner) == ("infected", "YARA-X")
    assert scanned.signature


@pytest.mark.parametrize("content", HARMLESS.values(), ids=HARMLESS)
async def test_the_rules_let_ordinary_files_pass(content: bytes) -> None:
    assert await RuleScanner().scan(streamed(content)) == Scanned("clean", "YARA-X")


class Daemon:
    """Speaks clamd's protocol and answers what a test wants."""

    def __init__(self, answer: bytes, *, hangs_up_after: int | None = None) -> None:
        self.answer = answer
        self.hangs_up_after = hangs_up_after
        self.received = bytearray()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            self.received += await reader.readexactly(size)
            if self.hangs_up_after is not None and len(self.received) > self.hangs_up_after:
                break
        writer.write(self.answer + b"\0")
        await writer.drain()
        writer.close()


async def ask(daemon: Daemon, content: bytes) -> Scanned:
    async with await asyncio.start_server(daemon.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        return await ClamdScanner(f"tcp://127.0.0.1:{port}").scan(streamed(content))


async def test_every_byte_reaches_the_daemon() -> None:
    daemon = Daemon(b"stream: OK")

    assert await ask(daemon, bytes(1_000_000)) == Scanned("clean", "ClamAV")
    assert len(daemon.received) == 1_000_000


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: Eicar-Signature FOUND", "infected"),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", "unscannable"),
        (b"stream: Heuristics.Encrypted.Zip FOUND", "unscannable"),
        (b"INSTREAM size limit exceeded. ERROR", "unscannable"),
    ],
)
async def test_only_ok_is_clean(answer: bytes, verdict: str) -> None:
    assert (await ask(Daemon(answer), b"content")).verdict == verdict


async def test_an_answer_in_the_middle_of_the_stream_is_heard() -> None:
    daemon = Daemon(b"INSTREAM size limit exceeded. ERROR", hangs_up_after=100_000)

    assert (await ask(daemon, bytes(3_000_000))).verdict == "unscannable"


@pytest.mark.parametrize("answer", [b"", b"Can't allocate memory ERROR", b"stream: something new"])
async def test_an_answer_that_is_not_understood_is_no_answer(answer: bytes) -> None:
    with pytest.raises(UnavailableError) as refusal:
        await ask(Daemon(answer), b"content")

    assert refusal.value.code == "scanner_unavailable"


async def test_nobody_there_is_not_clean(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        await ClamdScanner(f"unix://{tmp_path}/no-such.sock").scan(streamed(b"content"))


@pytest.fixture
async def real_daemon(tmp_path: Path) -> AsyncIterator[str]:
    """ClamAV itself, with one hand-made signature in place of its database."""
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.fail("clamd is missing; install it with: apt-get install clamav-daemon")
    signatures = tmp_path / "db"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Test.Signature:0:*:{b'harmful-marker'.hex()}\n")
    (tmp_path / "clamd.conf").write_text(
        f"DatabaseDirectory {signatures}\nLocalSocket {tmp_path}/clamd.sock\nForeground yes\n"
        "AlertExceedsMax yes\nMaxFileSize 100K\nMaxScanSize 100K\nStreamMaxLength 1M\n"
    )
    daemon = await asyncio.create_subprocess_exec(
        program, "-c", str(tmp_path / "clamd.conf"), stdout=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(30):
        while not (tmp_path / "clamd.sock").exists():  # noqa: ASYNC110  # the daemon makes it
            await asyncio.sleep(0.05)
    yield f"unix://{tmp_path}/clamd.sock"
    daemon.terminate()
    await daemon.wait()


@pytest.mark.stack
async def test_clamav_itself_is_understood(real_daemon: str) -> None:
    scanner = ClamdScanner(real_daemon)

    assert await scanner.scan(streamed(b"harmless")) == Scanned("clean", "ClamAV")
    assert (await scanner.scan(streamed(b"a harmful-marker b"))).verdict == "infected"
    assert (await scanner.scan(streamed(os.urandom(500_000)))).verdict == "unscannable"
    assert (await scanner.scan(streamed(os.urandom(2_000_000)))).verdict == "unscannable"
