"""Files that mean harm, small and made on the spot: bombs, lies, loops, cut-off ones, some that are two things at once.

Each has the verdict that is honest for it: ``ready`` where nothing is wrong with it once it is only stored and drawn.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from PIL import Image

from tests.factories.files import EICAR, archive, pdf, photo, picture

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = b"<script>alert(document.domain)</script>"


def files() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Return how each file is made, and the verdict on it, by what it does."""
    return {**_jpegs(), **_pngs(), **_other_pictures(), **_documents(), **_archives(), **_texts(), **_two_at_once()}


def _jpegs() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "JPEG of its first bytes alone": (lambda: b"\xff\xd8\xff\xe0", "broken"),
        "JPEG cut off in the middle": (lambda: _half(picture(800, 600)), "broken"),
        "JPEG that says it is 65,500 pixels wide and high": (lambda: _sized_jpeg(65500, 65500), "ready"),
        "JPEG of no width": (lambda: _sized_jpeg(0, 10), "broken"),
        "JPEG of a thousand scans": (_scans, "ready"),
        "JPEG with a segment longer than the file": (lambda: b"\xff\xd8\xff\xe1\xff\xff" + photo()[4:], "broken"),
        "JPEG whose details refer to themselves": (lambda: _with_exif(_looping_tiff()), "ready"),
        "JPEG with details of four billion values": (lambda: _with_exif(_endless_tag()), "ready"),
        "JPEG that only claims to be one": (lambda: b"\xff\xd8\xff" + SCRIPT * 100, "broken"),
    }


def _pngs() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "PNG of 1.6 billion pixels in a hundred bytes": (lambda: _png(40_000, 40_000, b""), "ready"),
        "PNG of more lines than it has": (lambda: _png(4000, 4000, bytes(4001)), "ready"),
        "PNG of no width": (lambda: _png(0, 10, b""), "broken"),
        "PNG of 2^31 pixels": (lambda: _png(2**31 - 1, 1, b""), "ready"),
        "PNG that unpacks to 32 MB more than its picture": (lambda: _png(8, 8, bytes(32 * 1024 * 1024)), "ready"),
        "PNG with a text that unpacks to 32 MB": (lambda: _png(8, 8, bytes(72), _text_bomb()), "broken"),
        "PNG with a profile that unpacks to 32 MB": (lambda: _png(8, 8, bytes(72), _profile_bomb()), "broken"),
        "PNG whose sums are wrong": (lambda: _png(8, 8, bytes(72)).replace(b"IDAT", b"IDAT\0", 1), "broken"),
        "PNG that says it moves four billion times": (lambda: _png(8, 8, bytes(72), _frames(2**32 - 1)), "ready"),
        "PNG with a part of two gigabytes": (
            lambda: _png(8, 8, bytes(72), struct.pack(">I", 2**31 - 1) + b"tEXt"),
            "broken",
        ),
        "PNG cut off in the middle": (lambda: _half(picture(800, 600, "PNG", compress_level=0)), "broken"),
    }


def _other_pictures() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "GIF of a screen of 65,535 pixels": (lambda: _patched(picture(8, 8, "GIF"), 6, b"\xff" * 4), "ready"),
        "GIF of two thousand pictures": (_long_gif, "ready"),
        "GIF that never ends": (lambda: picture(8, 8, "GIF")[:-1] + b"\x21\xfe\xff" * 5000, "ready"),
        "GIF cut off": (lambda: _half(picture(400, 300, "GIF")), "broken"),
        "WebP that is longer than the file": (lambda: _patched(picture(80, 60, "WEBP"), 4, b"\xff" * 4), "broken"),
        "WebP on a canvas of 2^28 pixels": (_wide_webp, "broken"),
        "WebP cut off": (lambda: _half(picture(80, 60, "WEBP")), "broken"),
        "TIFF whose pages go round": (_looping_tiff, "broken"),
        "TIFF of four billion values": (_endless_tag, "broken"),
        "TIFF that points behind its end": (lambda: b"II*\0" + struct.pack("<I", 2**31 - 1), "broken"),
        "TIFF of 10 billion pixels": (lambda: _tiff(100_000, 100_000), "ready"),
        "TIFF cut off": (lambda: _half(picture(400, 300, "TIFF")), "broken"),
        "HEIC cut off": (lambda: _half(picture(80, 60, "HEIF")), "broken"),
        "HEIC that says it is 2^30 pixels wide": (_wide_heic, "broken"),
        "HEIC of boxes in boxes": (_boxes, "broken"),
        "HEIC of nothing": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "broken"),
    }


def _documents() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "PDF of its first bytes alone": (lambda: b"%PDF-1.7\n", "broken"),
        "PDF whose pages hold themselves": (lambda: _pdf(b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "broken"),
        "PDF that says it has two billion pages": (lambda: _pdf(_kids(3, count=2**31 - 1)), "broken"),
        "PDF of a page without size": (lambda: _pdf(_kids(3), _page(b"[0 0 0 0]")), "ready"),
        "PDF of a page as long as a road": (lambda: _pdf(_kids(3), _page(b"[0 0 1 2000000000]")), "ready"),
        "PDF with a text that unpacks to 32 MB": (lambda: _pdf(_kids(3), _page(b"[0 0 9 9]"), _flate_bomb()), "ready"),
        "PDF packed a thousand times": (lambda: _pdf(_kids(3), _page(b"[0 0 9 9]"), _filters()), "ready"),
        "PDF that starts programs and scripts": (lambda: _pdf(_kids(3), _page(b"[0 0 9 9]"), b"", _action()), "ready"),
        "PDF whose table refers to itself": (
            lambda: _half(pdf()) + b"\nxref\n0 0\ntrailer << /Prev 9 >>\nstartxref\n9\n",
            "broken",
        ),
        "PDF of a hundred thousand brackets": (lambda: _pdf(b"[" * 100_000), "broken"),
        "PDF cut off": (lambda: pdf(5)[:60], "broken"),
    }


def _archives() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "ZIP that unpacks to 32 MB": (lambda: _packed(bytes(1 << 25)), "ready"),
        "ZIP of ZIPs of ZIPs": (lambda: _nested(20), "ready"),
        "ZIP that leads out of its folder": (
            lambda: _named("../../../etc/passwd", "/etc/passwd", "C:\\x", "a\0b"),
            "ready",
        ),
        "ZIP of ten thousand names": (lambda: _named(*(f"{number}" for number in range(10_000))), "ready"),
        "ZIP that says it holds four gigabytes": (lambda: _patched(archive(a=b"x"), 18, b"\xff" * 8), "ready"),
        "ZIP with a known virus, unpacked": (lambda: _stored(EICAR), "infected"),
        "document of Word with an entity bomb and a macro": (_word, "ready"),
        "document that only claims to be one of Word": (lambda: b"PK\x03\x04" + b"word/" + SCRIPT, "ready"),
    }


def _texts() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "known virus": (lambda: EICAR, "infected"),
        "known virus behind a megabyte": (lambda: b"a\n" * 500_000 + EICAR, "infected"),
        "page of a web site": (lambda: b"  \n<!DOCTYPE html>" + SCRIPT, "unsupported"),
        "page in UTF-16": (lambda: "\ufeff<html>".encode("utf-16-le"), "unsupported"),
        "drawing with a script": (
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "unsupported",
        ),
        "entity bomb": (lambda: b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>", "unsupported"),
        "script of a shell": (lambda: b"#!/bin/sh\nrm -rf ~\n", "unsupported"),
        "script of PHP": (lambda: b"<?php system($_GET[0]);", "unsupported"),
        "program of Windows": (lambda: b"MZ" + bytes(400), "unsupported"),
        "program of Linux": (lambda: b"\x7fELF\x02\x01\x01" + bytes(400), "unsupported"),
        "text that speaks to a terminal": (lambda: b"\x1b]0;owned\x07\x1b[2J hello", "unsupported"),
        "nothing but zeros": (lambda: bytes(4096), "unsupported"),
        "a single letter": (lambda: b"a", "ready"),
        "film of boxes in boxes": (lambda: b"\0\0\0\x14ftypisom" + bytes(8) + b"\0\0\0\x08moov" * 5000, "ready"),
        "sound that says it has a gigabyte of names": (lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + SCRIPT, "ready"),
    }


def _two_at_once() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "JPEG that is a page": (lambda: photo() + b"<html>" + SCRIPT, "ready"),
        "GIF that is a script": (lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "broken"),
        "GIF that is an archive of programs": (
            lambda: picture(8, 8, "GIF") + archive(Main=b"\xca\xfe\xba\xbe"),
            "ready",
        ),
        "PNG that is a script of PHP": (lambda: picture(8, 8, "PNG") + b"<?php system('id');", "infected"),
        "PDF that is an archive": (lambda: pdf() + archive(a=b"x"), "ready"),
        "PDF that is a page": (lambda: b"%PDF-1.7\n<html>" + SCRIPT, "broken"),
        "archive that is a page": (lambda: archive(a=SCRIPT) + SCRIPT, "ready"),
        "JPEG with a virus behind it": (lambda: photo() + EICAR, "infected"),
    }


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _patched(content: bytes, place: int, patch: bytes) -> bytes:
    return content[:place] + patch + content[place + len(patch) :]


def _sized_jpeg(width: int, height: int) -> bytes:
    whole = picture(80, 60)
    return _patched(whole, whole.index(b"\xff\xc0") + 5, struct.pack(">HH", height, width))


def _scans() -> bytes:
    whole = picture(400, 300, progressive=True)
    first, second = whole.index(b"\xff\xda"), whole.index(b"\xff\xda", whole.index(b"\xff\xda") + 2)
    return whole[:second] + whole[first:second] * 1000 + whole[second:]


def _with_exif(tiff: bytes) -> bytes:
    segment = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + picture(80, 60)[2:]


def _looping_tiff() -> bytes:
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 8, 8)


def _endless_tag() -> bytes:
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x9003, 2, 2**32 - 1, 8, 0)


def _tiff(width: int, height: int) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 2**31 - 1)]
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, pixels: bytes, more: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")


def _text_bomb() -> bytes:
    return _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(32 * 1024 * 1024)))


def _profile_bomb() -> bytes:
    return _chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(32 * 1024 * 1024)))


def _frames(number: int) -> bytes:
    return _chunk(b"acTL", struct.pack(">II", number, 0))


def _long_gif() -> bytes:
    frames = [Image.new("P", (8, 8), number % 256) for number in range(2000)]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    return content.getvalue()


def _wide_webp() -> bytes:
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


def _wide_heic() -> bytes:
    whole = picture(80, 60, "HEIF")
    return _patched(whole, whole.index(b"ispe") + 8, struct.pack(">II", 2**30, 2**30))


def _boxes() -> bytes:
    content = b""
    for _ in range(2000):
        content = struct.pack(">I", len(content) + 12) + b"meta" + bytes(4) + content
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + content


def _pdf(pages: bytes, page: bytes = b"null", stream: bytes = b"", catalog: bytes = b"") -> bytes:
    stream = stream or b"<< /Length 0 >> stream\n\nendstream"
    objects = [b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>", pages, page, stream]
    body = b"".join(b"%d 0 obj %b endobj\n" % (number, content) for number, content in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n"


def _kids(*pages: int, count: int | None = None) -> bytes:
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    return b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages) if count is None else count)


def _page(box: bytes) -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox %b /Contents 4 0 R >>" % box


def _flate_bomb() -> bytes:
    packed = zlib.compress(b" " * (32 * 1024 * 1024))
    return b"<< /Length %d /Filter /FlateDecode >> stream\n%b\nendstream" % (len(packed), packed)


def _filters() -> bytes:
    packed = zlib.compress(b"")
    names = b"/FlateDecode " * 1000
    return b"<< /Length %d /Filter [%b] >> stream\n%b\nendstream" % (len(packed), names, packed)


def _action() -> bytes:
    launch = b"<< /S /Launch /F (/bin/sh) /Next << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
    return b"/OpenAction %b /AA << /WC %b >>" % (launch, launch)


def _nested(depth: int) -> bytes:
    content = b"bottom"
    for _ in range(depth):
        content = _packed(content * 16)
    return content


def _named(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name), b"")
    return content.getvalue()


def _packed(member: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("inner.zip", member)
    return content.getvalue()


def _stored(member: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as zipped:
        zipped.writestr("eicar.com", member)
    return content.getvalue()


def _word() -> bytes:
    entities = b"".join(b"<!ENTITY e%d '%b'>" % (number, b"&e%d;" % (number - 1) * 10) for number in range(1, 10))
    document = b"<!DOCTYPE a [<!ENTITY e0 'e'>" + entities + b"<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&e9;&x;</a>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        zipped.writestr("word/document.xml", document)
        zipped.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(100))
    return content.getvalue()
