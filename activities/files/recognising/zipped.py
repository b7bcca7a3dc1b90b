"""What a ZIP file holds, by the directory at its end: office documents, books, programs, or just files."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from typing import BinaryIO

from activities.files.drawing.said import Recognised

ZIP = "application/zip"
MOST_READ = 1024 * 1024
"""How much of one member is unpacked at most: what says of what kind the whole is, is short."""

IS_ENCRYPTED = 0x1

UNREADABLE = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError),
    *(zlib.error, lzma.LZMAError),
)
"""What reading a damaged, encrypted or oddly packed member raises."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN_PARTS = re.compile(rb'ContentType="([\w.+/-]+)\.main\+xml"', re.IGNORECASE)
_MEDIA_TYPE = re.compile(rb"[\w.+-]+/[\w.+-]+")
_FOLDERS = {
    "word/": f"{_OFFICE}.wordprocessingml.document",
    "xl/": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}.presentationml.presentation",
}
_MEMBERS = {
    "AndroidManifest.xml": "application/vnd.android.package-archive",
    "META-INF/MANIFEST.MF": "application/java-archive",
    "AppxManifest.xml": "application/x-msi",
    "FixedDocumentSequence.fdseq": "application/vnd.ms-xpsdocument",
    "doc.kml": "application/vnd.google-earth.kmz",
}
_IWORK_MEMBERS = ("Index/Document.iwa", "Index.zip", "index.apxl", "index.xml.gz")
_IWORK = ("application/vnd.apple.pages", "application/vnd.apple.numbers", "application/vnd.apple.keynote")


def is_zip(file: BinaryIO, found: str) -> bool:
    """Whether the file begins as a ZIP does, and is nothing else by that."""
    file.seek(0)
    return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"} or found == ZIP


def recognise(file: BinaryIO, found: str, claimed: str | None) -> Recognised:
    """Return what the whole is; ``found`` stands where its directory cannot be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            return Recognised(_type_of(archive, claimed) or ZIP, _is_sealed(archive))
    except UNREADABLE:
        return Recognised(found if found.startswith("application/") else ZIP)


def _type_of(archive: zipfile.ZipFile, claimed: str | None) -> str | None:
    names = archive.namelist()
    known = set(names)
    if "[Content_Types].xml" in known and (office := _office_type(archive, names)):
        return office
    if "mimetype" in known and (said := _MEDIA_TYPE.fullmatch(_read(archive, "mimetype").strip())):
        return said.group().decode()
    if known.intersection(_IWORK_MEMBERS):
        return claimed if claimed in _IWORK else _IWORK[0]
    return next((media_type for member, media_type in _MEMBERS.items() if member in known), None)


def _office_type(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    """Tell it by what the document says of its parts, else by its folders."""
    main = _MAIN_PARTS.search(_read(archive, "[Content_Types].xml"))
    if main:
        return main.group(1).decode().lower()
    return next((media for folder, media in _FOLDERS.items() if any(name.startswith(folder) for name in names)), None)


def _is_sealed(archive: zipfile.ZipFile) -> bool:
    """Whether a member is encrypted, as archivers do it or as OpenDocument does."""
    if any(member.flag_bits & IS_ENCRYPTED for member in archive.infolist()):
        return True
    manifest = "META-INF/manifest.xml"
    return manifest in archive.namelist() and b"encryption-data" in _read(archive, manifest)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a member, and nothing of one that cannot be read."""
    try:
        with archive.open(name) as member:
            return member.read(MOST_READ)
    except UNREADABLE:
        return b""
