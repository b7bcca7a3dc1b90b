"""What an OLE2 compound file holds, by its directory: the office documents of before 2007, and sealed newer ones."""

from __future__ import annotations

import struct
from typing import BinaryIO

import olefile  # type: ignore[import-untyped]  # ships no types

from activities.files.drawing.said import Recognised

OLE = "application/x-ole-storage"
SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "VisioDocument": "application/vnd.visio",
    "__properties_version1.0": "application/vnd.ms-outlook",
}
_INSTALLER = "000C1084-0000-0000-C000-000000000046"
_SEALS = ("EncryptedPackage", "EncryptedSummary")
"""Streams that are there in encrypted documents alone: [MS-OFFCRYPTO] 2.3.4.4, [MS-PPT] 2.3.8."""

_FLAGS_AT, _WORD_IS_ENCRYPTED = 0x0A, 0x0100
"""[MS-DOC] 2.5.2: FibBase, fEncrypted."""

_FILE_PASS = 0x2F
"""[MS-XLS] 2.4.117: the record that stands right behind the first ones of an encrypted workbook."""
_RECORDS_BEFORE_IT = 8
_RECORD = struct.Struct("<HH")


def is_compound(file: BinaryIO) -> bool:
    """Whether the file is of this format."""
    file.seek(0)
    return file.read(len(SIGNATURE)) == SIGNATURE


def recognise(file: BinaryIO, claimed: str | None) -> Recognised:
    """Return what the whole is: by its name where the directory tells nothing, or is not there."""
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as document:
            streams = {entry[0] for entry in document.listdir() if entry}
            return Recognised(_type_of(document, streams) or _named(claimed), _is_sealed(document, streams))
    except (OSError, ValueError, IndexError, MemoryError, struct.error):
        return Recognised(_named(claimed))


def _type_of(document: olefile.OleFileIO, streams: set[str]) -> str | None:
    if document.root.clsid.upper() == _INSTALLER:
        return "application/x-msi"
    return next((media_type for stream, media_type in _STREAMS.items() if stream in streams), None)


def _named(claimed: str | None) -> str:
    """Believe a name that is one of an office document, which sealed documents of today are inside."""
    is_office = claimed is not None and claimed.startswith(("application/msword", "application/vnd."))
    return claimed if claimed is not None and is_office else OLE


def _is_sealed(document: olefile.OleFileIO, streams: set[str]) -> bool:
    if streams.intersection(_SEALS):
        return True
    if "WordDocument" in streams:
        flags = document.openstream("WordDocument").read(_FLAGS_AT + 2)[_FLAGS_AT:]
        return bool(int.from_bytes(flags, "little") & _WORD_IS_ENCRYPTED)
    sheets = streams.intersection(("Workbook", "Book"))
    return bool(sheets) and _has_file_pass(document.openstream(sheets.pop()))


def _has_file_pass(stream: BinaryIO) -> bool:
    for _ in range(_RECORDS_BEFORE_IT):
        head = stream.read(_RECORD.size)
        if len(head) < _RECORD.size:
            return False
        kind, length = _RECORD.unpack(head)
        if kind == _FILE_PASS:
            return True
        stream.read(length)
    return False
