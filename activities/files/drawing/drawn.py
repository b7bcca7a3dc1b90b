"""What the drawing process writes and says: plain values, printed as one line of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.plain_text import one_line

QUALITY = 82
LONGEST_TEXT = 200


@dataclass(frozen=True)
class DrawnPicture:
    """A WebP file that was written into the working folder."""

    name: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Drawn:
    """The pictures of one job, or why there are none."""

    pictures: tuple[DrawnPicture, ...] = ()
    note: str = ""
    broken: bool = False


@dataclass(frozen=True)
class DrawnFacts:
    """What the file says about itself."""

    width: int | None = None
    height: int | None = None
    pages: int | None = None
    taken_at: str | None = None
    camera: str = ""
    title: str = ""
    broken: bool = False


def save(picture: Image.Image, folder: Path, name: str) -> DrawnPicture:
    """Encode anew as WebP, which leaves behind whatever the original carried beside its pixels and its colours."""
    path = folder / f"{name}.webp"
    picture.save(path, "WEBP", quality=QUALITY, exif=b"", xmp=b"")
    return DrawnPicture(name, picture.width, picture.height, path.stat().st_size)


def shown(text: object) -> str:
    """Return what a file says of itself so that it can be stored and shown: without what cannot be seen, and short."""
    return one_line(str(text or ""), longest=LONGEST_TEXT)
