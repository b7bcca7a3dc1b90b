"""Files that mean harm, small and made on the spot: bombs, lies, loops, cut-off ones, some that are two things at once.

Each has what is honest to say of it: ``infected``; ``undrawable``, where it is kept and no picture comes of it; or
``ready``, where nothing is wrong with it once it is only stored and drawn.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.factories.files import EICAR, archive, pdf, photo, picture
from tests.security import hostile_bytes as made

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 2**32 - 1
SCRIPT = b"<script>alert(document.domain)</script>"


def files() -> dict[str, tuple[Callable[[], bytes], str]]:
    """Return how each file is made, and the verdict on it, by what it does."""
    return {**_jpegs(), **_pngs(), **_other_pictures(), **_documents(), **_archives(), **_texts(), **_two_at_once()}


def _jpegs() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "JPEG of its first bytes alone": (lambda: b"\xff\xd8\xff\xe0", "undrawable"),
        "JPEG cut off in the middle": (lambda: made.half(picture(800, 600)), "undrawable"),
        "JPEG that says it is 65,500 pixels wide and high": (lambda: made.sized_jpeg(65500, 65500), "ready"),
        "JPEG of no width": (lambda: made.sized_jpeg(0, 10), "undrawable"),
        "JPEG of a thousand scans": (made.scans, "ready"),
        "JPEG with a segment longer than the file": (lambda: b"\xff\xd8\xff\xe1\xff\xff" + photo()[4:], "undrawable"),
        "JPEG whose details refer to themselves": (lambda: made.with_exif(made.looping_tiff()), "ready"),
        "JPEG with details of four billion values": (lambda: made.with_exif(made.endless_tag()), "ready"),
        "JPEG that only claims to be one": (lambda: b"\xff\xd8\xff" + SCRIPT * 100, "undrawable"),
    }


def _pngs() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "PNG of 1.6 billion pixels in a hundred bytes": (lambda: made.png(40_000, 40_000, b""), "ready"),
        "PNG of more lines than it has": (lambda: made.png(4000, 4000, bytes(4001)), "ready"),
        "PNG of no width": (lambda: made.png(0, 10, b""), "undrawable"),
        "PNG of 2^31 pixels": (lambda: made.png(2**31 - 1, 1, b""), "ready"),
        "PNG that unpacks to 32 MB more than its picture": (lambda: made.png(8, 8, bytes(32 * 1024 * 1024)), "ready"),
        "PNG with a text that unpacks to 32 MB": (lambda: made.png(8, 8, bytes(72), made.text_bomb()), "undrawable"),
        "PNG with a profile that unpacks to 32 MB": (
            lambda: made.png(8, 8, bytes(72), made.profile_bomb()),
            "undrawable",
        ),
        "PNG whose sums are wrong": (lambda: made.png(8, 8, bytes(72)).replace(b"IDAT", b"IDAT\0", 1), "undrawable"),
        "PNG that says it moves four billion times": (
            lambda: made.png(8, 8, bytes(72), made.frames(MANY)),
            "ready",
        ),
        "PNG with a part of two gigabytes": (
            lambda: made.png(8, 8, bytes(72), struct.pack(">I", 2**31 - 1) + b"tEXt"),
            "undrawable",
        ),
        "PNG cut off in the middle": (lambda: made.half(picture(800, 600, "PNG", compress_level=0)), "undrawable"),
    }


def _other_pictures() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "GIF of a screen of 65,535 pixels": (lambda: made.patched(picture(8, 8, "GIF"), 6, b"\xff" * 4), "ready"),
        "GIF of two thousand pictures": (made.long_gif, "ready"),
        "GIF that never ends": (lambda: picture(8, 8, "GIF")[:-1] + b"\x21\xfe\xff" * 5000, "ready"),
        "GIF cut off": (lambda: made.half(picture(400, 300, "GIF")), "undrawable"),
        "WebP that is longer than the file": (
            lambda: made.patched(picture(80, 60, "WEBP"), 4, b"\xff" * 4),
            "undrawable",
        ),
        "WebP on a canvas of 2^28 pixels": (made.wide_webp, "undrawable"),
        "WebP cut off": (lambda: made.half(picture(80, 60, "WEBP")), "undrawable"),
        "TIFF whose pages go round": (made.looping_tiff, "undrawable"),
        "TIFF of four billion values": (made.endless_tag, "undrawable"),
        "TIFF that points behind its end": (lambda: b"II*\0" + struct.pack("<I", 2**31 - 1), "undrawable"),
        "TIFF of 10 billion pixels": (lambda: made.tiff(100_000, 100_000), "ready"),
        "TIFF cut off": (lambda: made.half(picture(400, 300, "TIFF")), "undrawable"),
        "HEIC cut off": (lambda: made.half(picture(80, 60, "HEIF")), "undrawable"),
        "HEIC that says it is 2^30 pixels wide": (made.wide_heic, "undrawable"),
        "HEIC of boxes in boxes": (made.boxes, "undrawable"),
        "HEIC of nothing": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "undrawable"),
    }


def _documents() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "PDF of its first bytes alone": (lambda: b"%PDF-1.7\n", "undrawable"),
        "PDF whose pages hold themselves": (
            lambda: made.document(made.kids(2)),
            "undrawable",
        ),
        "PDF that says it has two billion pages": (lambda: made.document(made.kids(3, count=2**31 - 1)), "undrawable"),
        "PDF of a page without size": (lambda: made.one_page(b"[0 0 0 0]"), "ready"),
        "PDF of a page as long as a road": (
            lambda: made.one_page(b"[0 0 1 2000000000]"),
            "ready",
        ),
        "PDF with a text that unpacks to 32 MB": (
            lambda: made.one_page(b"[0 0 9 9]", made.flate_bomb()),
            "ready",
        ),
        "PDF packed a thousand times": (
            lambda: made.one_page(b"[0 0 9 9]", made.filters()),
            "ready",
        ),
        "PDF that starts programs and scripts": (
            lambda: made.one_page(b"[0 0 9 9]", b"", made.action()),
            "ready",
        ),
        "PDF whose table refers to itself": (
            lambda: made.half(pdf()) + b"\nxref\n0 0\ntrailer << /Prev 9 >>\nstartxref\n9\n",
            "undrawable",
        ),
        "PDF of a hundred thousand brackets": (lambda: made.document(b"[" * 100_000), "undrawable"),
        "PDF cut off": (lambda: pdf(5)[:60], "undrawable"),
    }


def _archives() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "ZIP that unpacks to 32 MB": (lambda: made.packed(bytes(1 << 25)), "ready"),
        "ZIP of ZIPs of ZIPs": (lambda: made.nested(20), "ready"),
        "ZIP that leads out of its folder": (
            lambda: made.named("../../../etc/passwd", "/etc/passwd", "C:\\x", "a\0b"),
            "ready",
        ),
        "ZIP of ten thousand names": (lambda: made.named(*(f"{number}" for number in range(10_000))), "ready"),
        "ZIP that says it holds four gigabytes": (lambda: made.patched(archive(a=b"x"), 18, b"\xff" * 8), "ready"),
        "ZIP with a known virus, unpacked": (lambda: made.stored(EICAR), "infected"),
        "document of Word with an entity bomb and a macro": (made.word, "ready"),
        "document that only claims to be one of Word": (lambda: b"PK\x03\x04" + b"word/" + SCRIPT, "ready"),
    }


def _texts() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "known virus": (lambda: EICAR, "infected"),
        "known virus behind a megabyte": (lambda: b"a\n" * 500_000 + EICAR, "infected"),
        "page of a web site": (lambda: b"  \n<!DOCTYPE html>" + SCRIPT, "ready"),
        "page in UTF-16": (lambda: "\ufeff<html>".encode("utf-16-le"), "ready"),
        "drawing with a script": (
            lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "ready",
        ),
        "entity bomb": (lambda: b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>", "ready"),
        "script of a shell": (lambda: b"#!/bin/sh\nrm -rf ~\n", "ready"),
        "script of PHP": (lambda: b"<?php system($_GET[0]);", "ready"),
        "program of Windows": (lambda: b"MZ" + bytes(400), "ready"),
        "program of Linux": (lambda: b"\x7fELF\x02\x01\x01" + bytes(400), "ready"),
        "text that speaks to a terminal": (lambda: b"\x1b]0;owned\x07\x1b[2J hello", "ready"),
        "nothing but zeros": (lambda: bytes(4096), "ready"),
        "a single letter": (lambda: b"a", "ready"),
        "film of boxes in boxes": (lambda: b"\0\0\0\x14ftypisom" + bytes(8) + b"\0\0\0\x08moov" * 5000, "ready"),
        "sound that says it has a gigabyte of names": (lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + SCRIPT, "ready"),
    }


def _two_at_once() -> dict[str, tuple[Callable[[], bytes], str]]:
    return {
        "JPEG that is a page": (lambda: photo() + b"<html>" + SCRIPT, "ready"),
        "GIF that is a script": (lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "undrawable"),
        "GIF that is an archive of programs": (
            lambda: picture(8, 8, "GIF") + archive(Main=b"\xca\xfe\xba\xbe"),
            "ready",
        ),
        "PNG that is a script of PHP": (lambda: picture(8, 8, "PNG") + b"<?php system('id');", "infected"),
        "PDF that is an archive": (lambda: pdf() + archive(a=b"x"), "ready"),
        "PDF that is a page": (lambda: b"%PDF-1.7\n<html>" + SCRIPT, "undrawable"),
        "archive that is a page": (lambda: archive(a=SCRIPT) + SCRIPT, "ready"),
        "JPEG with a virus behind it": (lambda: photo() + EICAR, "infected"),
    }
