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


def nested_pdf(*, first_page: bool = True) -> bytes:
    """A document of 3 KB that takes longer to draw than anybody lives: forms that draw ten forms each, nine deep.

    With ``first_page`` the first page is such, otherwise the second alone.
    """
    levels = 9
    draw = b"/F Do " * 10
    contents = [draw] * levels + [b"0 0 9 9 re f"]
    plain, hostile = b"[4 0 R 3 0 R]", b"[3 0 R 4 0 R]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 2 /Kids " + (hostile if first_page else plain) + b" >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            b" /Resources << /XObject << /F 6 0 R >> >> >>"
        ),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw),
    ]
    for number, content in enumerate(contents):
        further = b"/Resources << /XObject << /F %d 0 R >> >>" % (7 + number) if number < levels else b""
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] %s /Length %d >>" % (further, len(content))
        objects.append(head + b"\nstream\n" + content + b"\nendstream")
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, len(body))
    )


def archive(**members: bytes) -> bytes:
    """A ZIP archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, member in members.items():
            file.writestr(name, member)
    return content.getvalue()


def sealed_archive() -> bytes:
    """A ZIP archive that says its member is encrypted."""
    content = bytearray(archive(note=b"secret"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


async def streamed(content: bytes, chunk: int = 65_536) -> AsyncIterator[bytes]:
    """The content in pieces, as a network brings it."""
    for start in range(0, len(content), chunk):
        yield content[start : start + chunk]
