"""Whether the texts of every language keep the house style: punctuation, spaces, words, titles, units, address."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n import roles
from core.i18n.counts import uncounted
from core.i18n.negotiate import SOURCE_LOCALE
from core.i18n.style_rules import EVERYWHERE, NO_STOP, OF_LANGUAGES, OF_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.i18n.glossary import Glossary
    from core.i18n.style_rules import Rule

WITHOUT_STOP = frozenset({
    roles.BUTTON, roles.MENU, roles.HEADING, roles.LABEL, roles.COLUMN, roles.STATE, roles.FACT,
    roles.TAB, roles.PAGE_TITLE, roles.TITLE, roles.STEP, roles.SEARCHED,
})  # fmt: skip
"""What is no sentence, and so has no full stop."""

SENTENCE_CASE = frozenset({"en", "es", "fr"})
"""Languages that begin a title with one capital and go on without."""
CAPITAL = re.compile(r"(?<=[^\s.:?…“«„(>\u202f]\s)[A-ZÀ-Þ][a-zà-ÿ]+(?![\w-])")
UNIT = re.compile(r"(?<=[\d}])[ \u00a0]?(?:[KkMGT]i?[BbOo]|[Bb]ytes?|[Oo]ctets?|字节|バイト|بايت)\b")
UNITS_DOMAIN = "core"
SIZE_IN_CORE = re.compile(r"^\{(?:value|count)\} ([KMGT]B|bytes?)$")
"""The texts of ``core`` that say a size: no other text has a unit."""

CODE = re.compile(r"`[^`]+`|https?://[^\s<，。、）]+|[\w.+-]+@[\w-]+\.[\w.-]+\w|<feature>")
TAG = re.compile(r"</?[a-z][^>]*>")
PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")
COUNTS = "a number beside what it counts: say it for one and for many, with {count}, or put a colon before it"
BESIDE = 12
"""Letters to each side of what is wrong that are shown with it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text as it is said in one language, and where; ``roles`` are all that it is on the pages.

    Of English texts, ``has_forms`` tells whether it is one of two that count.
    """

    file: str
    line: int
    key: str
    text: str
    locale: str
    domain: str
    roles: frozenset[str]
    has_forms: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """What in a text is not in the house style: the letters, with those beside them, and what to write."""

    found: str
    beside: str
    told: str

    def __str__(self) -> str:
        """Return what is wrong and what to write instead."""
        return f"“{self.beside}”: {self.told}"


def slips(said: Said, glossary: Glossary, units: frozenset[str]) -> Iterator[Slip]:
    """Yield what in one text is not in the house style; ``units`` are the sizes' units as its language says them."""
    text = _reduced(said.text)
    if unicodedata.normalize("NFC", text) != text:
        yield Slip(text, text, "write composed letters (NFC)")
    for rule in _rules_for(said):
        yield from (_slip(found, rule.told) for found in rule.pattern.finditer(text))
    for word in glossary.words(said.locale):
        yield from (_slip(found, f"the glossary says {word.instead}") for found in word.found_in(text))
    yield from _capitals(said, text, glossary.names | units)
    if not (said.domain == UNITS_DOMAIN and SIZE_IN_CORE.match(said.key)):
        yield from _own_units(text, units)
    if said.locale == SOURCE_LOCALE:
        yield from (_slip(found, COUNTS) for found in uncounted(said.text, has_forms=said.has_forms))


def _capitals(said: Said, text: str, names: frozenset[str]) -> Iterator[Slip]:
    """Yield the capitals within a sentence, but for names: those of the glossary, and what is one in the English."""
    known = names if said.locale == SOURCE_LOCALE else names.union(re.findall(r"\w+", said.key))
    for found in CAPITAL.finditer(text) if said.locale in SENTENCE_CASE else ():
        if found[0] not in known:
            yield _slip(found, "no capital within a sentence")


def _own_units(text: str, units: frozenset[str]) -> Iterator[Slip]:
    """Yield the units of a text that makes a size of a placeholder, or calls its unit otherwise than ``core``."""
    for found in UNIT.finditer(text):
        if found[0].strip() not in units or found.string[found.start() - 1] == "}":
            yield _slip(found, f"a size is a placeholder, whose unit `core` says: {', '.join(sorted(units))}")


def _rules_for(said: Said) -> Iterator[Rule]:
    yield from EVERYWHERE
    yield from OF_LANGUAGES.get(said.locale, ())
    if roles.TITLE in said.roles:
        yield from OF_TITLES.get(said.locale, ())
    if said.roles & WITHOUT_STOP:
        yield NO_STOP


def _slip(found: re.Match[str], told: str) -> Slip:
    around = found.string[max(0, found.start() - BESIDE) : found.end() + BESIDE]
    return Slip(found[0], re.sub(r"\s*\n\s*", " ", around), told)


def _reduced(text: str) -> str:
    """Return a text without its markup, each placeholder as ``{}`` and each piece of code as a backtick."""
    return html.unescape(TAG.sub("", CODE.sub("`", PLACEHOLDER.sub("{}", text))))
