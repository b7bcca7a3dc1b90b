from __future__ import annotations

import asyncio
import io
import signal
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from activities.files.drawing.studio import (
    CPU_SECONDS,
    NICENESS,
    NICENESS_AFTER_STRIKES,
    Desk,
    DrawingError,
    Job,
    Studio,
)
from core.confinement.processor import AUTOGROUP
from tests.activities.files.conftest import opened as own_studio
from tests.factories.files import pdf, photo, picture

DONE: dict[str, Any] = {"note": "", "broken": False}


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return tmp_path / "original"


async def perform(studio: Studio, job: Job, media_type: str, original: Path) -> dict[str, Any]:
    async with studio.desk() as desk:
        return await desk.perform(job, media_type, original)


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("image/jpeg", "JPEG"),
        ("image/png", "PNG"),
        ("image/gif", "GIF"),
        ("image/webp", "WEBP"),
        ("image/tiff", "TIFF"),
        ("image/heic", "HEIF"),
        ("image/bmp", "BMP"),
        ("image/avif", "AVIF"),
    ],
)
async def test_every_kind_of_picture_is_drawn(studio: Studio, original: Path, media_type: str, form: str) -> None:
    put(original, picture(800, 600, form))

    said = await perform(studio, "thumbnail", media_type, original)

    drawn = opened(original.with_name("thumbnail.webp"))
    assert said["pictures"][0] | {"size": 0} == {"name": "thumbnail", "width": 320, "height": 240, "size": 0}
    assert (drawn.format, drawn.size) == ("WEBP", (320, 240))


async def test_a_photo_stands_upright_and_tells_no_place(studio: Studio, original: Path) -> None:
    put(original, photo(400, 300))

    await perform(studio, "preview", "image/jpeg", original)

    drawn = opened(original.with_name("preview-1.webp"))
    assert drawn.size == (300, 400)
    red, _, blue = drawn.convert("RGB").getpixel((150, 50))  # type: ignore[misc]  # three bands
    assert red > 200 > blue
    assert not {"exif", "xmp"} & set(drawn.info)
    assert b"GPS" not in original.with_name("preview-1.webp").read_bytes()


async def test_the_details_of_a_photo_are_read(studio: Studio, original: Path) -> None:
    put(original, photo(400, 300))

    said = await perform(studio, "metadata", "image/jpeg", original)

    assert (said["width"], said["height"]) == (300, 400)
    assert said["taken_at"] == "2026-05-17T12:30:00+00:00"
    assert said["camera"] == "Lumen One"
    assert "48" not in str(said)


async def test_the_first_pages_of_a_document_are_drawn(studio: Studio, original: Path) -> None:
    put(original, pdf(pages=7))

    drawn = await perform(studio, "preview", "application/pdf", original)
    facts = await perform(studio, "metadata", "application/pdf", original)

    assert [page["name"] for page in drawn["pictures"]] == [f"preview-{number}" for number in range(1, 6)]
    assert drawn["pictures"][0]["height"] == 1600
    assert facts["pages"] == 7


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp", "application/pdf"])
@pytest.mark.parametrize("job", ["thumbnail", "preview", "metadata"])
async def test_what_cannot_be_read_is_broken(studio: Studio, original: Path, job: Job, media_type: str) -> None:
    put(original, b"\xff\xd8\xff" + bytes(1000))

    assert (await perform(studio, job, media_type, original))["broken"] is True


async def test_half_a_picture_is_broken(studio: Studio, original: Path) -> None:
    whole = picture(800, 600, "PNG", compress_level=0)
    put(original, whole[: len(whole) // 2])

    assert (await perform(studio, "thumbnail", "image/png", original))["broken"] is True


async def test_a_picture_of_too_many_pixels_is_left_undrawn(studio: Studio, original: Path) -> None:
    put(original, _bomb(40_000, 40_000))

    assert await perform(studio, "preview", "image/png", original) == {
        **DONE,
        "pictures": [],
        "note": "too_many_pixels",
    }
    assert (await perform(studio, "metadata", "image/png", original))["width"] == 40_000


async def test_a_large_photo_is_drawn_all_the_same(studio: Studio, original: Path) -> None:
    put(original, picture(10_000, 7_000, quality=20))

    said = await perform(studio, "thumbnail", "image/jpeg", original)

    assert said["pictures"][0]["width"] == 320


async def test_a_protected_document_is_fine_but_not_drawn(studio: Studio, original: Path) -> None:
    put(original, PROTECTED_PDF)

    assert (await perform(studio, "preview", "application/pdf", original))["note"] == "protected"
    assert (await perform(studio, "metadata", "application/pdf", original))["broken"] is False


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this system does not share the processor among sessions")
async def test_drawing_gives_way_to_other_sessions_and_more_so_after_strikes(studio: Studio, original: Path) -> None:
    put(original, picture(80, 60, "PNG"))
    for niceness in (NICENESS, NICENESS_AFTER_STRIKES, NICENESS):
        async with studio.desk() as desk:
            desk.begin(niceness, CPU_SECONDS)
            await desk.perform("thumbnail", "image/png", original)
            assert _niceness_of_the_session(desk) == niceness


def _niceness_of_the_session(desk: Desk) -> int:
    return int(Path(f"/proc/{desk._process.pid}/autogroup").read_text().split()[-1])


async def test_the_process_gets_no_credentials(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    async def watch(*_command: str, env: dict[str, str], **_options: object) -> None:
        asked.update(env)
        raise FileNotFoundError

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(asyncio, "create_subprocess_exec", watch)
    with pytest.raises(FileNotFoundError):
        await perform(Studio(), "thumbnail", "image/jpeg", original)

    assert set(asked) == {"PATH", "LANG", "PYTHONPATH"}


async def test_a_broken_file_leaves_the_next_one_alone(studio: Studio, original: Path) -> None:
    put(original, b"\xff\xd8\xff" + bytes(1000))
    assert (await perform(studio, "thumbnail", "image/jpeg", original))["broken"] is True
    put(original, picture(800, 600))
    assert (await perform(studio, "thumbnail", "image/jpeg", original))["broken"] is False


async def test_a_process_that_was_killed_is_replaced(original: Path) -> None:
    put(original, picture(800, 600))
    async with own_studio(desks=1) as studio:
        await perform(studio, "thumbnail", "image/jpeg", original)
        (desk,) = studio._idle  # what the system's memory killer would find
        desk.close()

        with pytest.raises(DrawingError):
            await perform(studio, "thumbnail", "image/jpeg", original)
        assert (await perform(studio, "thumbnail", "image/jpeg", original))["broken"] is False


async def test_a_studio_that_closes_leaves_no_process_behind(original: Path) -> None:
    put(original, picture(800, 600))
    async with own_studio() as studio:
        async with studio.desk() as first, studio.desk() as second:
            await second.perform("thumbnail", "image/jpeg", original)
        async with studio.desk():  # one is at work, the other idle
            await studio.close()
            assert [desk._process.returncode for desk in (first, second)] == [-signal.SIGKILL] * 2


def put(original: Path, content: bytes) -> None:
    original.write_bytes(content)


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def _bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""
    content = io.BytesIO()
    Image.new("L", (1, 1)).save(content, "PNG")
    whole = bytearray(content.getvalue())
    whole[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


PROTECTED_PDF = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj
3 0 obj << /Filter /Standard /V 1 /R 2 /P -4
/O <0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef>
/U <fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210> >> endobj
trailer << /Root 1 0 R /Encrypt 3 0 R /ID [<00><00>] >>
"""
