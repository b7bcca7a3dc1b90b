"""What a file really is: told by libmagic, by what containers hold, and by its name where its bytes leave it open.

Runs in a cell alone (``drawing/process``): its input is not to be trusted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pylibmagic  # noqa: F401  # brings the library and its database, which magic then finds

import magic  # isort: skip
from activities.files.drawing.said import Recognised
from activities.files.recognising import compound, packed, texts, zipped
from domain.files.kinds import UNKNOWN_TYPE, kind_of, rendering_of, type_by_name

EMPTY_TYPE = "application/x-empty"

_ALIASES = {
    "image/heif": "image/heic",
    "image/heic-sequence": "image/heic",
    "image/heif-sequence": "image/heic",
    "image/x-ms-bmp": "image/bmp",
    "image/avif-sequence": "image/avif",
    "application/csv": "text/csv",
    "application/x-rar": "application/vnd.rar",
    "application/x-gzip": "application/gzip",
    "application/x-sqlite3": "application/vnd.sqlite3",
}
_detector = magic.Magic(mime=True)  # now, since in a cell its database could not be read


def recognise(path: Path, name: str) -> Recognised:
    """Return the media type of a file, and whether it is sealed: encrypted, so that nobody can look inside."""
    claimed = type_by_name(name)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return Recognised(claimed or EMPTY_TYPE)
        found = _by_bytes(file)
        if zipped.is_zip(file, found):
            return zipped.recognise(file, found, claimed)
        if compound.is_compound(file):
            return compound.recognise(file, claimed)
        return Recognised(texts.recognise(file, found, claimed) or _plausible(found, claimed), packed.is_sealed(file))


def _by_bytes(file: BinaryIO) -> str:
    try:
        found: str = _detector.from_descriptor(file.fileno())
    except magic.MagicException:
        found = UNKNOWN_TYPE
    file.seek(0)
    return _ALIASES.get(found, found)


def _plausible(found: str, claimed: str | None) -> str:
    """Believe the name where bytes leave it open, but never so that a decoder would be given them.

    Open is what people have no word for, and whether what may hold both holds sounds or moving pictures.
    """
    if claimed is None or rendering_of(claimed) != "none":
        return found
    kinds = {kind_of(found).key, kind_of(claimed).key}
    return claimed if kind_of(found).key == "unknown" or kinds == {"sound", "video"} else found
