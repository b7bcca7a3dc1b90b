"""The words of docs/translators-glossary.md that a check can hold catalogues to: the page itself is the only source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "docs/translators-glossary.md"
WORDS = "Words that are not used"
NAMES = "Names"
EXCEPTIONS = "Where a rule is set aside"
COLUMNS = {WORDS: 3, NAMES: 2, EXCEPTIONS: 4}
"""The tables that are read, by their headings, and how many columns each has."""

ANY_ENDING = "…"
EVERY_LANGUAGE = "all"
WITHOUT_SPACES = frozenset({"ja", "zh"})
"""Languages that write words without spaces between them: a word is found wherever its letters stand."""
ARABIC_PREFIX = "(?:[وف]?[بكل]?(?:ال)?|[وف]?لل)"
"""And, with, for, the: written as one with the word behind them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that texts do not use, and what they say instead; ``stem`` is what is in each of its forms."""

    pattern: re.Pattern[str]
    instead: str
    stem: str

    def found_in(self, text: str) -> Iterator[re.Match[str]]:
        """Yield where a text says it. Most say none, which is told at once."""
        if self.stem in " ".join(text.casefold().split()):
            yield from self.pattern.finditer(text)


@dataclass(frozen=True, slots=True)
class Exemption:
    """One text in which what a rule finds is right: ``line`` is where the page says why."""

    line: int
    locale: str
    text: str
    found: str

    def allows(self, locale: str, domain: str, text: str, found: str) -> bool:
        """Whether this is about what was found in a text of a feature, whose name stands for all its texts."""
        if self.locale not in {locale, EVERY_LANGUAGE} or found.casefold() != self.found.casefold():
            return False
        is_begun = self.text.endswith(ANY_ENDING) and text.startswith(self.text.removesuffix(ANY_ENDING))
        return is_begun or self.text in {text, f"`{domain}`"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, and the line it stands on."""

    table: str
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Glossary:
    """What the page says: words not used, names, and exemptions; ``broken`` are its lines that nobody can read."""

    rows: tuple[Row, ...] = ()
    broken: tuple[tuple[int, str], ...] = ()
    _words: dict[str, tuple[Word, ...]] = field(default_factory=dict)

    def words(self, locale: str) -> tuple[Word, ...]:
        """Return the words that texts of a language do not use."""
        if locale not in self._words:
            rows = [row.cells for row in self.rows if row.table == WORDS and row.cells[0] == locale]
            self._words[locale] = tuple(
                _word(word.strip(), locale, instead) for _, words, instead in rows for word in words.split(",")
            )
        return self._words[locale]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of products, keys and people: written with a capital, and alike in every language."""
        return frozenset(row.cells[0] for row in self.rows if row.table == NAMES)

    @cached_property
    def exemptions(self) -> tuple[Exemption, ...]:
        """The texts in which something is right that a rule finds."""
        rows = (row for row in self.rows if row.table == EXCEPTIONS)
        return tuple(Exemption(row.line, *row.cells[:3]) for row in rows)


def read_glossary(root: Path) -> Glossary:
    """Return what the page below ``root`` says; nothing where there is no page."""
    file = root / PAGE
    if not file.exists():
        return Glossary()
    lines = file.read_text("utf-8").splitlines()
    found = tuple(_rows(lines))
    broken = [(row.line, "a cell is empty or missing") for row in found if not _is_whole(row)]
    broken += [(1, f"the table below “{table}” is missing") for table in COLUMNS if f"## {table}" not in lines]
    return Glossary(tuple(filter(_is_whole, found)), tuple(broken))


def _rows(lines: list[str]) -> Iterator[Row]:
    table = ""
    for number, line in enumerate(lines, start=1):
        if line.startswith("## "):
            table = line.removeprefix("## ").strip()
        elif table in COLUMNS and line.startswith("|") and _is_row(lines, number):
            yield Row(table, number, tuple(cell.strip() for cell in line.strip().strip("|").split("|")))


def _is_row(lines: list[str], number: int) -> bool:
    """Whether a line of a table is neither the rule below its head nor the head itself."""
    below = lines[number] if number < len(lines) else ""
    return not any(line.startswith("|--") for line in (lines[number - 1].replace(" ", ""), below.replace(" ", "")))


def _is_whole(row: Row) -> bool:
    return len(row.cells) == COLUMNS[row.table] and all(row.cells)


def _word(word: str, locale: str, instead: str) -> Word:
    return Word(_pattern(word, locale), instead, word.removesuffix(ANY_ENDING).casefold())


def _pattern(word: str, locale: str) -> re.Pattern[str]:
    """Return what finds a word: whole, small or capital, and with ``…`` at its end in all its forms."""
    stem = re.escape(word.removesuffix(ANY_ENDING)).replace(r"\ ", r"\s")
    ending = r"\w*" if word.endswith(ANY_ENDING) else ""
    if locale in WITHOUT_SPACES:
        return re.compile(rf"(?<![A-Za-z0-9]){stem}(?![A-Za-z0-9])" if word.isascii() else stem, re.IGNORECASE)
    prefix = ARABIC_PREFIX if locale == "ar" else ""
    return re.compile(rf"(?<![\w-]){prefix}{stem}{ending}(?!\w)", re.IGNORECASE)
