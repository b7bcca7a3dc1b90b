"""Uploads that are made to cost or to harm: refused while they are still small, or told for what they are."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from werkzeug.http import parse_options_header

from activities.files.recognition import RecognitionActivities
from activities.files.rendering import RenderingActivities
from activities.files.scanners import scanner_for
from activities.files.scanning import ScanningActivities
from core.ids import new_id
from core.storage import Storage
from domain.files.kinds import rendering_of
from domain.files.service import folder_of, key_of
from domain.files.types import FileRef, Findings, KnownFile
from tests.factories.files import picture
from tests.security.hostile_files import files
from tests.web.kit.sending import Sender
from tests.web.kit.test_pages import token_of
from web.files.content import disposition
from workflows.files.ingest import _conclude

if TYPE_CHECKING:
    from activities.files.drawing.studio import Studio
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn

PIECE = 64 * 1024
PIECES = 1600
TYPE = ("content-type", "multipart/form-data; boundary=x")
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'

ENDLESS = {
    "preamble": [b"no boundary"],
    "headers": [PART + b"X-Long: "],
    "epilogue": [b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n--x--\r\n'],
    "field": [b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n'],
}


@pytest.mark.parametrize("where", ENDLESS)
async def test_what_never_ends_is_not_kept_in_memory(
    where: str, application: Application, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    sender = Sender(ENDLESS[where], (b"a" * PIECE, PIECES))

    tracemalloc.start()
    length = ("content-length", str(PIECE * PIECES))
    await sender.to(application, acme, visitor, "/files", TYPE, length, ("x-csrf-token", token))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sender.status == 422
    assert peak < 20 * 1024 * 1024
    assert sender.sent < 5 * 1024 * 1024


async def test_thousands_of_parts_are_refused(
    application: Application, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    token = await token_of(visitor, acme.host)
    part = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n'
    sender = Sender([part * 5000 + b"--x--\r\n"])

    await sender.to(application, acme, visitor, "/files", TYPE, ("content-length", "1"), ("x-csrf-token", token))

    assert sender.status == 413


FILES = files()
HONEST = picture(200, 100)
LARGEST_ANSWER = 1600


class Line:
    """What the workflow of a file has done with it, step for step, by the activities themselves."""

    def __init__(self, studio: Studio) -> None:
        self.storage = Storage.from_url("memory:")
        self._drawing = RenderingActivities(self.storage, studio)
        self._recognition = RecognitionActivities(None, self.storage, studio)  # type: ignore[arg-type]  # not asked
        self._scanning = ScanningActivities(self.storage, scanner_for(None))

    async def examine(self, content: bytes, name: str = "file") -> tuple[FileRef, Findings]:
        """Return the findings on a file that has just arrived."""
        ref = FileRef(new_id(), new_id())
        await self.storage.put_bytes(key_of(ref.tenant_id, ref.file_id), content)
        media_type, _ = await self._recognition.recognised(ref, name)
        scanned = await self._scanning.scan(ref)
        known = KnownFile(ref.tenant_id, ref.file_id, media_type)
        if scanned.verdict != "clean":
            return ref, Findings(ref.tenant_id, ref.file_id, scanned.verdict, media_type)
        drawn = await asyncio.gather(
            self._drawing.thumbnail(known), self._drawing.preview(known), self._drawing.metadata(known)
        )
        return ref, _conclude(known, scanned, *drawn)

    async def drawn(self, ref: FileRef) -> dict[str, bytes]:
        """Return what lies beside the original, by name."""
        folder = folder_of(ref.tenant_id, ref.file_id)
        keys = [found.key async for found in self.storage.list(folder) if not found.key.endswith("/original")]
        return {key.rpartition("/")[2]: await self.storage.get_bytes(key) for key in keys}


@pytest.fixture(scope="module")
def line(studio: Studio) -> Line:
    return Line(studio)


@pytest.mark.parametrize("name", FILES)
async def test_a_hostile_file_is_told_for_what_it_is_and_harms_no_other(name: str, line: Line) -> None:
    make, verdict = FILES[name]
    content = make()
    assert len(content) < 2 * 1024 * 1024
    async with asyncio.timeout(60):  # the limit of one job, past which its process is ended
        ref, findings = await line.examine(content)

    assert (findings.note if findings.note == "undrawable" else findings.verdict) == verdict
    drawn = await line.drawn(ref)
    assert all((content[:4], content[8:12]) == (b"RIFF", b"WEBP") for content in drawn.values())
    assert all(max(one.width, one.height) <= LARGEST_ANSWER for one in findings.pictures)
    assert {one.name for one in findings.pictures} <= {key.removesuffix(".webp") for key in drawn}
    if verdict == "infected" or rendering_of(findings.type) == "none":
        assert drawn == {}
    else:
        _, honest = await line.examine(HONEST)
        assert (honest.verdict, len(honest.pictures)) == ("ready", 2)


NAMES = [
    *(
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "a\0.jpg",
        "a\r\nSet-Cookie: x=1",
        'a"; filename="b.html',
        "\u202egpj.exe",
    ),
    *("a" * 5000, ".", "..", "CON", "<img src=x onerror=alert(1)>.png", "\ud800.png", "%2e%2e%2f", "\x1b[31mred"),
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_gets_out_of_the_header_that_saves_a_file(name: str) -> None:
    clean = name.encode("utf-8", "replace").decode()
    header = disposition(clean)
    kind, options = parse_options_header(header)
    assert kind == "attachment"
    assert set(options) == {"filename"}
    assert not {"\r", "\n", "\0", "\x1b"} & set(header)
    assert header.isascii()
