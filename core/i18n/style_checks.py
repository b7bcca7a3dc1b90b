"""Whether every text keeps the house style of its language: the English in its source, the others in their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.messages import Catalog

from core.i18n.checks import Finding
from core.i18n.files import UnreadableError, forms_of, key_of, read_catalogue
from core.i18n.glossary import PAGE, read_glossary
from core.i18n.house_style import SIZE_IN_CORE, UNITS_DOMAIN, Said, slips
from core.i18n.meanings import two_meanings
from core.i18n.negotiate import SOURCE_LOCALE, available_locales
from core.messages import in_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from core.i18n.source_text import SourceText

Uses = dict[tuple[str, str], set[str]]
"""What each text is on the pages, by its feature and its key."""


def faults_of_style(texts: Iterable[SourceText], locales: Path, root: Path) -> Iterator[Finding]:
    """Yield what is not in the house style, in the English source and in every catalogue, with what to write."""
    texts = list(texts)
    yield from two_meanings(texts)
    glossary, needed = read_glossary(root), set[int]()
    yield from (Finding(PAGE, line, "unreadable", why) for line, why in glossary.broken)
    everything = tuple(_everything(texts, locales, root))
    units = _units(everything)
    for said in everything:
        for slip in slips(said, glossary, units.get(said.locale, frozenset())):
            where = said.locale, said.domain, said.key
            lines = [row.line for row in glossary.exemptions if row.allows(*where, slip.found)]
            needed.update(lines)
            if not lines:
                yield Finding(said.file, said.line, str(slip), said.key)
    for row in glossary.exemptions:
        if row.line not in needed:
            yield Finding(PAGE, row.line, "an exception that nothing needs", row.text)


def _everything(texts: list[SourceText], locales: Path, root: Path) -> Iterator[Said]:
    uses: dict[tuple[str, str], set[str]] = {}
    for source in texts:
        key = source.domain, in_context(source.text, source.context)
        uses.setdefault(key, set()).update(filter(None, [source.role]))
    for source in texts:
        for text in filter(None, (source.text, source.plural)):
            is_as = frozenset(filter(None, [source.role]))
            where = source.file, source.line, source.text
            yield Said(*where, text, SOURCE_LOCALE, source.domain, is_as, source.plural is not None)
    for locale in sorted({*available_locales(locales)} - {SOURCE_LOCALE}):
        for file in sorted((locales / locale / "LC_MESSAGES").glob("*.po")):
            yield from _in_catalogue(file, locale, uses, root)


def _in_catalogue(file: Path, locale: str, uses: Uses, root: Path) -> Iterator[Said]:
    name = file.relative_to(root).as_posix()
    for entry in _read(file, locale):
        if entry.id and not entry.fuzzy:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            is_as = frozenset(uses.get((file.stem, key_of(entry)), ()))
            for text in filter(None, forms_of(entry)):
                yield Said(name, entry.lineno or 1, key, text, locale, file.stem, is_as)


def _read(file: Path, locale: str) -> Catalog:
    try:
        return read_catalogue(file, locale, file.stem)
    except UnreadableError:
        return Catalog()  # told by the other checks, with its line


def _units(texts: Iterable[Said]) -> dict[str, frozenset[str]]:
    """Return the units of sizes as each language says them: what is left of the texts of ``core`` without a number."""
    found: dict[str, set[str]] = {}
    for said in texts:
        if said.domain == UNITS_DOMAIN and SIZE_IN_CORE.match(said.key):
            found.setdefault(said.locale, set()).add(said.text.partition("}")[2].strip())
    return {locale: frozenset(filter(None, units)) for locale, units in found.items()}
