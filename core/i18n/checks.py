"""What can be wrong with a translation: found here, so that no page has to fall back to English."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n.files import read_catalogue
from core.i18n.negotiate import SOURCE_LOCALE, available_locales
from core.i18n.placeholders import fits, has_stray_brace, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from babel.messages import Catalog, Message as Entry

TAG = re.compile(r"</?[a-z][^>]*>")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and where to mend it."""

    file: str
    line: int
    fault: str
    text: str

    def __str__(self) -> str:
        """Return ``file:line: fault: text``."""
        return f"{self.file}:{self.line}: {self.fault}: {self.text}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a feature is said in a language."""

    locale: str
    domain: str
    translated: int
    total: int


def findings(sources: Mapping[str, Catalog], locales: Path, root: Path) -> Iterator[Finding]:
    """Yield every fault of every language: missing, fuzzy, stale, placeholders, markup, plural forms."""
    for locale in available_locales(locales):
        if locale == SOURCE_LOCALE:
            continue
        for domain, source in sorted(sources.items()):
            file = locales / locale / "LC_MESSAGES" / f"{domain}.po"
            catalog = read_catalogue(file, locale, domain)
            name = file.relative_to(root).as_posix()
            yield from _faults(source, catalog, name)
        yield from _orphans(sources, locales / locale / "LC_MESSAGES", root)


def coverage(sources: Mapping[str, Catalog], locales: Path) -> Iterator[Coverage]:
    """Yield how much is translated, by language and feature."""
    for locale in available_locales(locales):
        for domain, source in sorted(sources.items()):
            catalog = read_catalogue(locales / locale / "LC_MESSAGES" / f"{domain}.po", locale, domain)
            entries = [entry for entry in source if entry.id]
            done = sum(1 for entry in entries if (found := catalog.get(_key(entry))) and _is_said(found))
            yield Coverage(locale, domain, len(entries) if locale == SOURCE_LOCALE else done, len(entries))


def _faults(source: Catalog, catalog: Catalog, name: str) -> Iterator[Finding]:
    for entry in source:
        if not entry.id:
            continue
        found = catalog.get(_key(entry))
        if found is None or not any(_forms(found)):
            yield Finding(name, found.lineno or 1 if found else 1, "missing", _key(entry))
        elif found.fuzzy:
            yield Finding(name, found.lineno or 1, "fuzzy", _key(entry))
        else:
            yield from (Finding(name, found.lineno or 1, fault, _key(entry)) for fault in _wrong(entry, found, catalog))
    for entry in catalog:
        if entry.id and source.get(_key(entry)) is None:
            yield Finding(name, entry.lineno or 1, "stale", _key(entry))


def _wrong(source: Entry, found: Entry, catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with a translation that is there."""
    originals = source.id if isinstance(source.id, (tuple, list)) else (source.id,)
    forms = _forms(found)
    if isinstance(source.id, (tuple, list)) and (len(forms) != catalog.num_plurals or not all(forms)):
        yield f"needs {catalog.num_plurals} plural forms"
    given = " ".join(originals)
    needed = placeholders(given) - ({"count"} if len(originals) > 1 else set())
    for form in filter(None, forms):
        if has_stray_brace(form) != has_stray_brace(given) or not fits(given, form):
            yield "broken placeholder"
        elif missing := needed - placeholders(form):
            yield f"placeholder {{{min(missing)}}} is missing"
        if Counter(TAG.findall(form)) != Counter(TAG.findall(originals[-1])):
            yield "markup does not match"


def _orphans(sources: Mapping[str, Catalog], folder: Path, root: Path) -> Iterator[Finding]:
    for file in sorted(folder.glob("*.po")):
        if file.stem not in sources:
            yield Finding(file.relative_to(root).as_posix(), 1, "stale", "no feature says any of this")


def _key(entry: Entry) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _forms(entry: Entry) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _is_said(entry: Entry) -> bool:
    return all(_forms(entry)) and not entry.fuzzy
