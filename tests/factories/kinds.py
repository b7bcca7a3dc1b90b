"""Everyday files of an office, as its programs write them: small, made on the spot, one of each kind and more."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import struct
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.factories.compound import compound
from tests.factories.files import archive, pdf, picture, sealed_archive

SAMPLES = Path(__file__).parents[1] / "samples"

_OPEN = "application/vnd.oasis.opendocument"
_PARTS = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Everyday:
    """A file, and what is right for it: the key of its kind, whether it is drawn, and whether it is sealed."""

    content: bytes
    kind: str
    is_drawn: bool = False
    is_sealed: bool = False


def everyday() -> dict[str, Everyday]:
    """Return the files by name."""
    return {**_pictures(), **_documents(), **_texts(), **_media(), **_packed(), **_others()}


def ramp(bits: int, form: str = "TIFF") -> bytes:
    """A grey picture of 64 by 64 whose values rise evenly from 0 to the highest of so many bits, in 16 bits each."""
    highest = 2**bits - 1
    values = [number * highest // (64 * 64 - 1) for number in range(64 * 64)]
    image = Image.frombytes("I;16", (64, 64), struct.pack(f"<{len(values)}H", *values))
    content = io.BytesIO()
    image.save(content, form)
    return content.getvalue()


def filled_form() -> bytes:
    """A PDF whose page has a form with a field that says "Jane Example"."""
    return _sample("filled-form.pdf")


def _pictures() -> dict[str, Everyday]:
    drawn = {
        "pic.bmp": picture(60, 40, "BMP"),
        "pic.avif": picture(60, 40, "AVIF"),
        "pic.webp": picture(60, 40, "WEBP"),
        "phone.heic": picture(60, 40, "HEIF"),
        "scan-12bit.tif": ramp(12),
        "scan-16bit.png": ramp(16, "PNG"),
        "IMG_0001": picture(60, 40),
    }
    kept = {
        "icon.ico": picture(32, 32, "ICO"),
        "art.psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 8, 8, 8, 3),
    }
    drawings = {
        "logo.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
        "plan.dwg": b"AC1032" + bytes(300),
        "plan.dxf": b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n  9\r\n$ACADVER\r\n  1\r\nAC1015\r\n  0\r\nEOF\r\n",
        "poster.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n",
    }
    return {
        **{name: Everyday(content, "picture", is_drawn=True) for name, content in drawn.items()},
        **{name: Everyday(content, "picture") for name, content in kept.items()},
        **{name: Everyday(content, "drawing") for name, content in drawings.items()},
    }


def _documents() -> dict[str, Everyday]:
    locked = compound(EncryptionInfo=b"\4\0\4\0", EncryptedPackage=b"x" * 5000)
    return {
        "filled-form.pdf": Everyday(filled_form(), "pdf", is_drawn=True),
        "brochure.ai": Everyday(pdf(), "pdf", is_drawn=True),
        "old.doc": Everyday(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "document"),
        "letter.doc": Everyday(compound(WordDocument=b"\xec\xa5" + bytes(30)), "document"),
        "locked letter.doc": Everyday(
            compound(WordDocument=b"\xec\xa5" + bytes(8) + b"\0\1"), "document", is_sealed=True
        ),
        "budget.xls": Everyday(compound(Workbook=struct.pack("<HHHH", 0x809, 4, 0x600, 5)), "spreadsheet"),
        "salaries.xls": Everyday(
            compound(Workbook=struct.pack("<HHHHHH", 0x809, 4, 0x600, 5, 0x2F, 54)), "spreadsheet", is_sealed=True
        ),
        "slides.ppt": Everyday(compound(**{"PowerPoint Document": b"\x0f\0"}), "presentation"),
        "report.docx": Everyday(_office("wordprocessingml.document", "word", 90_000), "document"),
        "large.xlsx": Everyday(_office("spreadsheetml.sheet", "xl", 90_000), "spreadsheet"),
        "macros.xlsm": Everyday(_office("ms-excel.sheet.macroEnabled", "xl"), "spreadsheet"),
        "deck.pptx": Everyday(_office("presentationml.presentation", "ppt"), "presentation"),
        "renamed by mistake.zip": Everyday(_office("wordprocessingml.document", "word"), "document"),
        "payslips.docx": Everyday(locked, "document", is_sealed=True),
        "letter.odt": Everyday(archive(mimetype=f"{_OPEN}.text".encode()), "document"),
        "table.ods": Everyday(archive(mimetype=f"{_OPEN}.spreadsheet".encode()), "spreadsheet"),
        "talk.odp": Everyday(archive(mimetype=f"{_OPEN}.presentation".encode()), "presentation"),
        "locked.odt": Everyday(
            archive(
                **{
                    "mimetype": f"{_OPEN}.text".encode(),
                    "META-INF/manifest.xml": b"<manifest:encryption-data manifest:checksum='x'/>",
                }
            ),
            "document",
            is_sealed=True,
        ),
        "flyer.pages": Everyday(archive(**{"Index/Document.iwa": b"x"}), "document"),
        "book.epub": Everyday(archive(mimetype=b"application/epub+zip"), "document"),
        "print.xps": Everyday(
            archive(**{"[Content_Types].xml": b"<Types/>", "FixedDocumentSequence.fdseq": b"x"}), "document"
        ),
        "note.rtf": Everyday(rb"{\rtf1\ansi Hello}", "document"),
    }


def _texts() -> dict[str, Everyday]:
    kinds = {
        "text": {
            "empty.txt": b"",
            "utf16 notes.txt": "\ufeffHello from Notepad\r\nGr\u00fc\u00dfe\r\n".encode("utf-16-le"),
            "utf16 without a mark.txt": "Hello from Windows\r\nsecond line\r\n".encode("utf-16-le"),
            "utf32.txt": "\ufeffHello\n".encode("utf-32-le"),
            "latin1 letter.txt": "Sehr geehrte Frau M\u00fcller,\r\n".encode("latin-1"),
            "paper.tex": b"\\documentclass{article}\n\\begin{document}Hi\\end{document}\n",
            "README.md": b"# Title\n\nSome *words*.\n",
            "server.log": b"2026-11-28 05:05:00 INFO started\n",
        },
        "table": {
            "latin1.csv": "Name;Stra\u00dfe\r\nJ\u00fcrgen;K\u00f6nigsallee\r\n".encode("latin-1"),
            "export.tsv": b"a\tb\n1\t2\n",
        },
        "page": {"page.html": b"<!doctype html><title>Report</title><p>Hello"},
        "code": {
            "script.py": b"#!/usr/bin/env python3\nprint(1)\n",
            "setup.sh": b"#!/bin/sh\necho hi\n",
            "query.sql": b"select 1;\n",
            "site.css": b"body { color: red }\n",
            "index.php": b"<?php echo 1;",
        },
        "data": {
            "invoice.xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice><ID>1</ID></Invoice>',
            "data.json": json.dumps({"a": 1}).encode(),
            "compose.yaml": b"services:\n  web:\n    image: x\n",
            "hike.gpx": b'<?xml version="1.0"?><gpx version="1.1"><trk/></gpx>',
        },
        "email": {"offer.eml": b"From: a@example.com\r\nTo: b@example.com\r\nSubject: Hi\r\n\r\nHello\r\n"},
        "calendar": {"meeting.ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"},
        "contact": {"jane.vcf": b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane\r\nEND:VCARD\r\n"},
        "signature": {
            "release.asc": b"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n",
            "smime.p7s": b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(40),
        },
    }
    return {name: Everyday(content, kind) for kind, files in kinds.items() for name, content in files.items()}


def _media() -> dict[str, Everyday]:
    def boxed(brand: bytes) -> bytes:
        return b"\0\0\0\x20ftyp" + brand + bytes(4) + brand + b"isom" + bytes(8) + bytes(200)

    kinds = {
        "sound": {
            "voice.mp3": b"\xff\xf3\x40\x64" + bytes(4000),
            "memo.m4a": boxed(b"M4A "),
            "recorded as mp4.m4a": boxed(b"isom"),
            "old.wma": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(200),
            "song.flac": b"fLaC" + bytes(4000),
            "call.wav": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0" + bytes(20),
            "talk.ogg": b"OggS\0\2" + bytes(22) + b"\1\x1e\1vorbis" + bytes(30),
            "radio.aac": b"\xff\xf1\x50\x80" + bytes(200),
        },
        "video": {
            "film.mp4": boxed(b"isom"),
            "clip.mov": boxed(b"qt  "),
            "call.webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\xf7\x81\1\x42\xf2\x81\4\x42\xf3\x81\x08\x42\x82\x84"
            b"webm" + bytes(40),
        },
        "font": {
            "body.ttf": b"\0\1\0\0\0\x0c\0\x80\0\3\0\x40GDEF" + bytes(60),
            "body.otf": b"OTTO\0\x0c\0\x80\0\3\0\x40CFF " + bytes(60),
            "body.woff2": b"wOF2\0\1\0\0" + bytes(60),
        },
    }
    return {name: Everyday(content, kind) for kind, files in kinds.items() for name, content in files.items()}


def _packed() -> dict[str, Everyday]:
    kept = {
        "a.7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(64),
        "minutes.7z": _sample("open.7z"),
        "torn.7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(4) + struct.pack("<QQI", 1 << 61, 99, 0),
        "torn.rar": b"Rar!\x1a\7\1\0" + bytes(4) + b"\x0d\5\2" + b"\xff" * 9 + b"\1" + bytes(40),
        "photos.zip": archive(note=b"hello"),
        "old.rar": b"Rar!\x1a\7\0" + struct.pack("<HBHH6x", 0, 0x73, 0, 13) + struct.pack("<HBHH25x", 0, 0x74, 0, 32),
        "backup.tar.gz": _tar_gz(),
        "dump.zst": b"\x28\xb5\x2f\xfd\x04\0\1\0\0",
        "disk.iso": bytes(0x8001) + b"CD001\1" + bytes(2041),
    }
    sealed = {
        "sealed.zip": sealed_archive(),
        "sealed list.7z": _sealed_7z(),
        "sealed by 7-Zip.7z": _sample("sealed-lzma.7z"),
        "sealed by another.7z": _sample("sealed-lzma2.7z"),
        "sealed.rar": b"Rar!\x1a\7\1\0" + bytes(4) + b"\x0d\4" + bytes(20),
    }
    return {
        **{name: Everyday(content, "archive") for name, content in kept.items()},
        **{name: Everyday(content, "archive", is_sealed=True) for name, content in sealed.items()},
    }


def _others() -> dict[str, Everyday]:
    return {
        "setup.exe": Everyday(b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0L\1" + bytes(200), "program"),
        "app.apk": Everyday(archive(**{"AndroidManifest.xml": b"x", "classes.dex": b"dex"}), "program"),
        "tool.jar": Everyday(archive(**{"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"}), "program"),
        "mail.msg": Everyday(compound(**{"__properties_version1.0": b"x"}), "email"),
        "notes.sqlite": Everyday(_database(), "data"),
        "events.parquet": Everyday(b"PAR1" + bytes(40) + b"PAR1", "data"),
        "noise": Everyday(bytes(range(128, 256)) + bytes(range(256)), "unknown"),
        "measured.dat": Everyday(b"\1\2\3\4" * 40, "unknown"),
    }


def _sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def _office(what: str, folder: str, thumbnail: int = 0) -> bytes:
    """A document as PowerPoint and Word write large ones: their pictures stand before what tells their kind."""
    media = f"application/vnd.{what}" if what.startswith("ms-") else f"{_OFFICE}.{what}"
    types = f'<Types xmlns="{_PARTS}"><Override PartName="/{folder}/main.xml" ContentType="{media}.main+xml"/></Types>'
    members = {"docProps/thumbnail.jpeg": bytes(thumbnail)} if thumbnail else {}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, member in {**members, "[Content_Types].xml": types.encode(), f"{folder}/main.xml": b"<x/>"}.items():
            file.writestr(name, member)
    return content.getvalue()


def _tar_gz() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as file:
        file.addfile(tarfile.TarInfo("note.txt"))
    return gzip.compress(content.getvalue())


def _sealed_7z() -> bytes:
    header = b"\x01\x04\x06\0\1\x09\1\x07\x0b\1\0\1\x24\x06\xf1\x07\x01\x01\0\0\0"
    return b"7z\xbc\xaf\x27\x1c\0\4" + bytes(4) + struct.pack("<QQI", 0, len(header), 0) + header


def _database() -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        with sqlite3.connect(file.name) as connection:
            connection.execute("create table notes (text)")
        connection.close()
        return Path(file.name).read_bytes()
