"""Pseudo-languages: English with accents, about a third longer and in brackets, worked out from the templates.

What stands on a page without brackets is in no catalogue, and what is cut off or overlaps will be so in German too.
"""

from __future__ import annotations

import re
from types import MappingProxyType

PSEUDO_LOCALES = MappingProxyType({"en-XA": "en", "ar-XB": "ar"})
"""Each pseudo-language and the one whose formats it borrows: ``en-XA`` as it comes, ``ar-XB`` from right to left."""

OPEN, CLOSE = "⟦", "⟧"
UNTOUCHED = re.compile(r"\{[a-z][a-z0-9_]*\}|%\([a-z_]+\)[a-z]|<[^>]+>|&#?\w+;|https?://\S+")
VOWELS = frozenset("aeiouyAEIOUY")
LOOKALIKES = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpRrSsTtUuVvWwXxYyZz",
    "ÅåƁƀÇçÐðÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀṁÑñÖöÞþŔŕŠšŢţÛûṼṽŴŵẊẋÝýŽž",
)


def pseudo(text: str) -> str:
    """Return ``text`` as a pseudo-language says it; placeholders, markup and addresses stay as they are."""
    parts, end = [], 0
    for found in UNTOUCHED.finditer(text):
        parts += [_stretched(text[end : found.start()]), found[0]]
        end = found.end()
    return f"{OPEN}{''.join(parts)}{_stretched(text[end:])}{CLOSE}"


def _stretched(words: str) -> str:
    # Vowels twice: words grow as German ones do, which padding at the end of a line would not show.
    return "".join(letter * 2 if letter in VOWELS else letter for letter in words).translate(LOOKALIKES)
