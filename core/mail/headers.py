"""Header lines of a mail, encoded here and nowhere else, so that no value is ever decoded into something else.

The standard library's own header classes decode what looks encoded before they encode it again: a name could bring
its own line breaks that way. Here a value is plain text, and what travels is either ASCII that cannot be mistaken for
anything, or encoded words (RFC 2047) that decode to exactly that text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.header import Header as EncodedWords
from urllib.parse import quote

from core.i18n.isolation import CLOSE, OPEN, balanced
from core.plain_text import one_line

LONGEST_TEXT = 200
"""Characters of a subject or a name in a header; what is longer is cut where people still recognise it."""

LINE = 75
IN_LINKS = ":/?#[]@!$&'()*+;=%~"
"""What an address of a page may hold; a comma would begin another one."""

UNMISTAKABLE = re.compile(r"(?!.*=\?)[!-~]+(?: [!-~]+)*")
WORDS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A phrase that needs no quotes (RFC 5322, atoms)."""


@dataclass(frozen=True, slots=True)
class Header:
    """One header: what it means, and how it travels. ``address`` is what follows a name in angle brackets."""

    name: str
    meant: str
    wire: str
    address: str | None = None

    @property
    def line(self) -> str:
        """The header as it is sent, folded, with its end."""
        return f"{self.name}: {self.wire}\r\n"


def of_text(name: str, text: str) -> Header:
    """Return a header for people to read: a subject, in which values may be set apart."""
    meant = balanced(one_line(text, longest=LONGEST_TEXT, keeping=OPEN + CLOSE))
    plain = UNMISTAKABLE.fullmatch(meant) and len(name) + len(meant) < LINE
    return Header(name, meant, meant if plain else _encoded(name, meant))


def of_address(name: str, shown: str, address: str) -> Header:
    """Return a header with one address and who it belongs to. The same form as a list's name and id (RFC 2919)."""
    meant = one_line(shown, longest=LONGEST_TEXT)
    phrase = _phrase(name, meant) if meant else ""
    last = phrase.rpartition("\r\n")[2]
    fits = len(f"{name}: {last} <{address}>") <= LINE
    between = "" if not meant else " " if fits else "\r\n "
    return Header(name, meant, f"{phrase}{between}<{address}>", address)


def of_link(name: str, url: str) -> Header:
    """Return a header with one address of a page."""
    return of_tokens(name, f"<{quote(url, safe=IN_LINKS).replace('=?', '=%3F')}>")


def of_tokens(name: str, value: str) -> Header:
    """Return a header of our own making, sent as it is. What a person had a hand in has no place here."""
    return Header(name, value, value)


def _phrase(name: str, meant: str) -> str:
    if UNMISTAKABLE.fullmatch(meant) is None or len(name) + len(meant) >= LINE:
        return _encoded(name, meant)
    if WORDS.fullmatch(meant):
        return meant
    escaped = meant.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(name: str, meant: str) -> str:
    return EncodedWords(meant, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep="\r\n")
