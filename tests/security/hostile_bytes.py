"""The bytes of files that mean harm, put together by hand where no library would."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

from tests.factories.files import picture


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def patched(content: bytes, place: int, patch: bytes) -> bytes:
    return content[:place] + patch + content[place + len(patch) :]


def sized_jpeg(width: int, height: int) -> bytes:
    whole = picture(80, 60)
    return patched(whole, whole.index(b"\xff\xc0") + 5, struct.pack(">HH", height, width))


def scans() -> bytes:
    whole = picture(400, 300, progressive=True)
    first, second = whole.index(b"\xff\xda"), whole.index(b"\xff\xda", whole.index(b"\xff\xda") + 2)
    return whole[:second] + whole[first:second] * 1000 + whole[second:]


def with_exif(tiff: bytes) -> bytes:
    segment = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + picture(80, 60)[2:]


def looping_tiff() -> bytes:
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 8, 8)


def endless_tag() -> bytes:
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x9003, 2, 2**32 - 1, 8, 0)


def tiff(width: int, height: int) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 2**31 - 1)]
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, pixels: bytes, more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(32 * 1024 * 1024)))


def profile_bomb() -> bytes:
    return chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(32 * 1024 * 1024)))


def frames(number: int) -> bytes:
    return chunk(b"acTL", struct.pack(">II", number, 0))


def long_gif() -> bytes:
    frames = [Image.new("P", (8, 8), number % 256) for number in range(2000)]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    return content.getvalue()


def wide_webp() -> bytes:
    body = (
        b"WEBPVP8X"
        + struct.pack("<I", 10)
        + b"\x02\0\0\0"
        + b"\xff\x3f\0" * 2
        + b"ANIM"
        + struct.pack("<I", 6)
        + bytes(6)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wide_heic() -> bytes:
    whole = picture(80, 60, "HEIF")
    return patched(whole, whole.index(b"ispe") + 8, struct.pack(">II", 2**30, 2**30))


def boxes() -> bytes:
    content = b""
    for _ in range(2000):
        content = struct.pack(">I", len(content) + 12) + b"meta" + bytes(4) + content
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + content


def document(pages: bytes, page: bytes = b"null", stream: bytes = b"", catalog: bytes = b"") -> bytes:
    stream = stream or b"<< /Length 0 >> stream\n\nendstream"
    objects = [b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>", pages, page, stream]
    body = b"".join(b"%d 0 obj %b endobj\n" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n"


def one_page(box: bytes, stream: bytes = b"", catalog: bytes = b"") -> bytes:
    return document(kids(3), page(box), stream, catalog)


def kids(*pages: int, count: int | None = None) -> bytes:
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    return b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages) if count is None else count)


def page(box: bytes) -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox %b /Contents 4 0 R >>" % box


def flate_bomb() -> bytes:
    packed = zlib.compress(b" " * (32 * 1024 * 1024))
    return b"<< /Length %d /Filter /FlateDecode >> stream\n%b\nendstream" % (len(packed), packed)


def filters() -> bytes:
    packed = zlib.compress(b"")
    names = b"/FlateDecode " * 1000
    return b"<< /Length %d /Filter [%b] >> stream\n%b\nendstream" % (len(packed), names, packed)


def action() -> bytes:
    launch = b"<< /S /Launch /F (/bin/sh) /Next << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
    return b"/OpenAction %b /AA << /WC %b >>" % (launch, launch)


def nested(depth: int) -> bytes:
    content = b"bottom"
    for _ in range(depth):
        content = packed(content * 16)
    return content


def named(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name), b"")
    return content.getvalue()


def packed(member: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("inner.zip", member)
    return content.getvalue()


def stored(member: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as zipped:
        zipped.writestr("eicar.com", member)
    return content.getvalue()


def word() -> bytes:
    entities = b"".join(b"<!ENTITY e%d '%b'>" % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, 10))
    document = b"<!DOCTYPE a [<!ENTITY e0 'e'>" + entities + b"<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&e9;&x;</a>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        zipped.writestr("word/document.xml", document)
        zipped.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(100))
    return content.getvalue()
