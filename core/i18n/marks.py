"""Invisible marks around texts, by which a page in the editing mode knows which text stands where.

A mark is U+2063, the text's key in tag characters (U+E0030 and on), the text, U+2064. The page's script takes them out
again. They are made for the one request of an admin who edits on the page, never for mails, streams or other viewers.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TypeVar

TextT = TypeVar("TextT", bound=str)

BEGIN, END = "\u2063", "\u2064"
TAG = 0xE0000
KEY_DIGITS = 12


@lru_cache(maxsize=8192)
def key_of(domain: str, text: str) -> str:
    """Return the name of a text in addresses and marks: twelve hexadecimal digits."""
    return hashlib.sha256(f"{domain}\0{text}".encode()).hexdigest()[:KEY_DIGITS]


def marked(domain: str, text: str, said: TextT) -> TextT:
    """Return ``said``, which is what ``text`` reads as here, between its marks; markup stays markup."""
    # Markup escapes what is added to it, and none of these characters is touched by that.
    return type(said)(_begin(domain, text)) + said + END  # type: ignore[return-value]


@lru_cache(maxsize=8192)
def _begin(domain: str, text: str) -> str:
    return BEGIN + "".join(chr(TAG + ord(digit)) for digit in key_of(domain, text))
