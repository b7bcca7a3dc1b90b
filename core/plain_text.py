"""What people type, made fit for where it is shown: one line for names and titles, plain lines for mails, a terminal.

Everything that is one line and comes from outside goes through :func:`one_line`: names of people, workspaces and
brands, names of files, what a file says of itself, subjects. A line so cleaned holds no character that ends a line,
turns the direction of what follows, or is there without being seen.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_LINE = 1000
"""Characters of one line where no shorter limit is given. Also what keeps the work small, however much was typed."""

LONGEST_FILE_NAME = 255
LONGEST_ENDING = 20
MOST_OF_A_PATH = 4000
MORE = "…"
JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners: invisible, yet Persian, Hindi and families of emoji are written with them."""

JOINED = frozenset({"Lo", "Mn", "Mc", "So", "Sk", "Sm"})
"""What may stand beside a joiner: letters of scripts without capitals, their marks, and emoji. No Latin address."""

SELECTORS = frozenset(map(chr, (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Variation selectors: one chooses the shape of the character before it, a row of them hides a text."""

KEYCAPS = frozenset("0123456789#*")

FILLERS = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), " ")
"""Letters and symbols by their category, blanks to the eye."""

UNSEEN = frozenset("\u034f\u17b4\u17b5")
HARMLESS_FORMATS = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f")
"""What a terminal may be sent: soft hyphens, joiners, and marks of direction, which turn nothing that follows."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
NEVER_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")


def one_line(text: str, *, longest: int = LONGEST_LINE, keeping: str = "") -> str:
    """Return a text of people as one line of at most ``longest`` characters, which may be none at all.

    Line breaks and blanks of all kinds become single blanks. Control characters, lone surrogates, private characters,
    tags, overrides of direction and what has no width are dropped; joiners stay between those who need them, and
    so do the characters of ``keeping``, for a text of ours that has values set apart.
    """
    text = text[: 4 * longest]  # the work is bounded too: to order marks takes time by the square of their number
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", "".join(_seen(text.translate(FILLERS), keeping)))
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= longest else _cut(tidy, longest - len(MORE)) + MORE


def file_name(name: str, *, longest: int = LONGEST_FILE_NAME) -> str:
    """Return the last part of a file's name as a browser gave it, as one line; it may be empty.

    What is too long is cut before its ending (``.pdf``), by which people and programs know what it is.
    """
    # Without a blank for a line's end or a tab: no device writes those into names.
    last = CONTROLS.sub("", name[-MOST_OF_A_PATH:].replace("\\", "/").rpartition("/")[2])
    whole = one_line(last, longest=MOST_OF_A_PATH)
    if len(whole) <= longest:
        return whole
    stem, dot, ending = whole.rpartition(".")
    if not stem or len(dot + ending) > LONGEST_ENDING:
        return _cut(whole, longest)
    return _cut(stem, longest - len(dot + ending)) + dot + ending


def plain_lines(text: str) -> str:
    r"""Return a text of several lines, each ended by ``\n``, without control characters, surrogates and overrides."""
    return NEVER_IN_TEXT.sub("", text.replace("\r\n", "\n"))


def for_terminal(text: str) -> str:
    r"""Return a text such that a terminal shows it and obeys nothing in it; ``\n`` and tabs stay as they are."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelt_out(character) if _commands(character) else character for character in text)


def _seen(text: str, keeping: str) -> Sequence[str]:
    kept: list[str] = []
    for position, character in enumerate(text):
        if character in JOINERS:
            keeps = bool(kept) and _may_join(kept[-1]) and _may_join(text[position + 1 : position + 2])
        elif character in SELECTORS:
            keeps = bool(kept) and _has_shapes(kept[-1])
        else:
            keeps = character.isspace() or character in keeping or _is_seen(character)
        if keeps:
            kept.append(character)
    return kept


def _may_join(character: str) -> bool:
    return character != "" and unicodedata.category(character) in JOINED and character not in UNSEEN


def _has_shapes(character: str) -> bool:
    return character in KEYCAPS or not (
        character.isascii() or character.isspace() or character in SELECTORS or character in JOINERS
    )


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    # Not assigned yet is what younger devices already write; characters that will never be one are dropped.
    return character not in UNSEEN and (category[0] != "C" or (category == "Cn" and not _is_no_character(character)))


def _is_no_character(character: str) -> bool:
    number = ord(character)
    return number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF or number >= 0xE0000  # noqa: PLR2004  # Unicode's


def _cut(text: str, end: int) -> str:
    # Never between a character and what belongs to it.
    while end > 0 and (text[end] in JOINERS or text[end - 1] in JOINERS or unicodedata.category(text[end])[0] == "M"):
        end -= 1
    return text[:end].rstrip()


def _commands(character: str) -> bool:
    if character in "\n\t" or character in HARMLESS_FORMATS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _spelt_out(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
