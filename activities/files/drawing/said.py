"""What a drawing says of its file: plain values, one line of JSON. ``heard`` believes no more than this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import Field

from core.plain_text import one_line

LONGEST_TEXT = 200
LARGEST_NUMBER = 2**31 - 1
"""What the database's integers hold."""

Number = Annotated[int, Ge(0), Le(LARGEST_NUMBER)]
Text = Annotated[str, MaxLen(LONGEST_TEXT)]
MediaType = Annotated[str, Field(pattern=r"^[\w.+-]{1,40}/[\w.+-]{1,120}$")]
Name = Literal["thumbnail", "preview-1", "preview-2", "preview-3", "preview-4", "preview-5"]


@dataclass(frozen=True)
class DrawnPicture:
    """A WebP file that was written into the working folder."""

    name: Name
    width: Number
    height: Number
    size: Number


@dataclass(frozen=True)
class Drawn:
    """The pictures of one job, or why there are none."""

    pictures: tuple[DrawnPicture, ...] = ()
    note: Literal["", "protected", "too_many_pixels"] = ""
    broken: bool = False


@dataclass(frozen=True)
class DrawnFacts:
    """What the file says about itself."""

    width: Number | None = None
    height: Number | None = None
    pages: Number | None = None
    taken_at: Text | None = None
    camera: Text = ""
    title: Text = ""
    broken: bool = False


@dataclass(frozen=True)
class Recognised:
    """What a file is, and whether it is encrypted, so that nobody can look inside."""

    type: MediaType
    is_sealed: bool = False
    broken: bool = False


def shown(text: object) -> str:
    """Return what a file says of itself so that it can be stored and shown: without what cannot be seen, and short."""
    return one_line(str(text or ""), longest=LONGEST_TEXT)
