"""Values set apart from the sentence around them, so that neither turns the order of the other (Unicode, UAX 9).

A value between U+2068 and U+2069 finds its own direction and is to the sentence one neutral sign. The marks are
characters, not markup, because texts stand in titles, attributes, mails and messages of forms as well as in elements.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from markupsafe import Markup

Direction: TypeAlias = Literal["ltr", "rtl"]

OPEN, CLOSE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
OPENING = frozenset("\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}")

TURNS = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""What is written from right to left, turns what follows, or may be so one day: Unicode keeps these blocks for it.
The same in ``web/static/js/11-filling.js``."""

EMBEDDINGS = re.compile("[\u202a-\u202e]")
ISOLATES = re.compile("[\u2066-\u2069]")
LINE_ENDS = re.compile("([\n\r\x1c-\x1e\x85\u2029]+)")
"""Where a paragraph ends, and with it every isolate."""


def sets_apart(text: str, direction: Direction) -> bool:
    """Whether values of ``text`` are set apart whatever they are.

    In a text from left to right they need not be as long as nothing in it turns: digits, signs and brackets then take
    its direction wherever they stand, at the edge of a value too, so English and German stay free of marks. From right
    to left a bracket, a minus or a Latin letter at an edge is enough to turn over, so each value is set apart.
    """
    return direction == "rtl" or TURNS.search(text) is not None


def isolated(value: str) -> str:
    """Return a value set apart from what stands around it; nothing stays nothing, markup stays markup."""
    if not value:
        return value
    if isinstance(value, Markup):  # in one piece: a line's end may stand within a tag
        return Markup(OPEN + balanced(value) + CLOSE)  # noqa: S704  # it was markup, and gained no markup
    parts = LINE_ENDS.split(value)
    return "".join(
        part if position % 2 or not part else OPEN + balanced(part) + CLOSE for position, part in enumerate(parts)
    )


def balanced(text: str) -> str:
    """Return one line without overrides of direction, each isolate in it ended and none ended that did not begin."""
    if TURNS.search(text) is None:
        return str(text)
    text = EMBEDDINGS.sub("", text)
    depth, kept = 0, []
    for character in text:
        if character == CLOSE:
            if not depth:
                continue
            depth -= 1
        elif character in OPENING:
            depth += 1
        kept.append(character)
    return "".join(kept) + CLOSE * depth


def without_isolates(text: str) -> str:
    """Return the words alone: for a search, and for a terminal, which orders lines by itself."""
    return ISOLATES.sub("", text)
