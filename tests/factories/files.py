"""Files of all kinds, made on the spot: sound ones, damaged ones and hostile ones."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pillow_heif
import pypdfium2  # type: ignore[import-untyped]  # ships no types
from PIL import ExifTags, Image

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pillow_heif.register_heif_opener()

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TURNED_BY_A_QUARTER = 6


def picture(width: int = 400, height: int = 300, form: str = "JPEG", **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def noise(width: int = 1400, height: int = 1000) -> bytes:
    """A picture that cannot be made small: it takes a moment to upload."""
    content = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(content, "JPEG", quality=92)
    return content.getvalue()


def photo(width: int = 400, height: int = 300) -> bytes:
    """A photo from a camera that was turned by a quarter, with date, camera and place."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = TURNED_BY_A_QUARTER
    exif[ExifTags.Base.Make] = "Lumen"
    exif[ExifTags.Base.Model] = "Lumen One"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:17 12:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 8.0, 14.0)
    return picture(width, height, exif=exif)


def pdf(pages: int = 1) -> bytes:
    """A document of empty A4 pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def archive(**members: bytes) -> bytes:
    """A ZIP archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, member in members.items():
            file.writestr(name, member)
    return content.getvalue()


async def streamed(content: bytes, chunk: int = 65_536) -> AsyncIterator[bytes]:
    """The content in pieces, as a network brings it."""
    for start in range(0, len(content), chunk):
        yield content[start : start + chunk]
