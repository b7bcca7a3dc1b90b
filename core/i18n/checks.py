"""What can be wrong with a translation: found here, so that no page has to fall back to English."""

from __future__ import annotations

import gettext
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.messages import Catalog

from core.i18n.files import UnreadableError, comments_of, forms_of, plural_rule, read_catalogue, read_template
from core.i18n.literals import literals
from core.i18n.negotiate import ENGLISH_ONLY, SOURCE_LOCALE, available_locales
from core.i18n.placeholders import fits, has_stray_brace, placeholders
from core.i18n.roles import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from babel.messages import Message as Entry

TAG = re.compile(r"</?[a-z][^>]*>")
READ_ATTRIBUTE = re.compile(r'(?<=\s)(?:title|alt|aria-label|placeholder)="[^"]*"')
ENTITY = re.compile(r"&#?\w+;")
ENDINGS = {".": ".\u3002", "?": "?\uff1f\u061f", ":": ":\uff1a", "…": "…"}
"""Kinds of marks, each as Latin, Chinese, Japanese and Arabic texts write it."""
CLOSING = "\"')\u00bb\u201c\u201d\u300d\u300f\uff09 "
"""Brackets and quotation marks that may follow the last mark."""
FEW_WORDS = 2
"""A text of so few words means nothing by itself: "Open" is a verb or a state."""

COUNTED = 210
"""Numbers on which two plural rules are compared: two rounds of all that the seven languages distinguish."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and where to mend it."""

    file: str
    line: int
    fault: str
    text: str

    def __str__(self) -> str:
        """Return ``file:line: fault: text``."""
        return f"{self.file}:{self.line}: {self.fault}: {' '.join(self.text.split())}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a feature is said in a language."""

    locale: str
    domain: str
    translated: int
    total: int


def findings(sources: Mapping[str, Catalog], locales: Path, root: Path) -> Iterator[Finding]:
    """Yield every fault of the templates and of every language: unmarked, missing, out of date, broken."""
    yield from (Finding(file, line, "not translatable", text) for file, line, text in literals(root))
    for domain, source in sorted(sources.items()):
        yield from _behind(source, locales / f"{domain}.pot", root)
    sources = _translated(sources)
    for locale in available_locales(locales):
        if locale == SOURCE_LOCALE:
            continue
        folder = locales / locale / "LC_MESSAGES"
        for domain, source in sorted(sources.items()):
            yield from _faults_of_file(source, folder / f"{domain}.po", locale, root)
        yield from _orphans(sources, folder, root)


def coverage(sources: Mapping[str, Catalog], locales: Path) -> Iterator[Coverage]:
    """Yield how much is translated, by language and feature."""
    for locale in available_locales(locales):
        for domain, source in sorted(_translated(sources).items()):
            catalog = _as_far_as_readable(locales / locale / "LC_MESSAGES" / f"{domain}.po", locale)
            entries = [entry for entry in source if entry.id]
            done = sum(1 for entry in entries if (found := catalog.get(_key(entry), entry.context)) and _is_said(found))
            yield Coverage(locale, domain, len(entries) if locale == SOURCE_LOCALE else done, len(entries))


def _translated(sources: Mapping[str, Catalog]) -> Mapping[str, Catalog]:
    return {domain: source for domain, source in sources.items() if domain not in ENGLISH_ONLY}


def _as_far_as_readable(file: Path, locale: str) -> Catalog:
    try:
        return read_catalogue(file, locale, file.stem)
    except UnreadableError:
        return Catalog()


def _behind(source: Catalog, file: Path, root: Path) -> Iterator[Finding]:
    """The template is what the pseudo-languages and translators' tools go by."""
    name = file.relative_to(root).as_posix()
    known = read_template(file)
    for entry in source:
        if not entry.id:
            continue
        if (found := known.get(_key(entry), entry.context)) is None or _as_said(found) != _as_said(entry):
            yield Finding(name, 1, "not extracted", _key(entry))
        if is_unclear(entry) and source.domain not in ENGLISH_ONLY:
            where, line = entry.locations[0]
            yield Finding(where, line, "needs a comment for translators, or a context", _key(entry))


def _as_said(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _source_forms(entry), comments_of(entry)


def is_unclear(entry: Entry) -> bool:
    """Whether a text is so short that nobody can know what it is, and nothing is told of it."""
    return 0 < words_of(_key(entry)) <= FEW_WORDS and not entry.auto_comments and not entry.context


def _faults_of_file(source: Catalog, file: Path, locale: str, root: Path) -> Iterator[Finding]:
    name = file.relative_to(root).as_posix()
    if not file.exists():
        yield Finding(name, 1, "missing catalogue", f"{len(source)} texts")
        return
    try:
        catalog = read_catalogue(file, locale, file.stem)
    except UnreadableError as error:
        yield Finding(name, error.line, "unreadable", str(error))
        return
    if not _counts_alike(catalog, locale):
        yield Finding(name, 1, "wrong plural rule", f"{locale} needs nplurals={plural_rule(locale)[0]}")
        return
    yield from _faults(source, catalog, name)


def _counts_alike(catalog: Catalog, locale: str) -> bool:
    """Whether the file's header chooses the same forms as the language's rule, however it is written."""
    forms, expression = plural_rule(locale)
    ours, theirs = gettext.c2py(expression), gettext.c2py(catalog.plural_expr)
    return catalog.num_plurals == forms and all(ours(n) == theirs(n) for n in range(COUNTED))


def _faults(source: Catalog, catalog: Catalog, name: str) -> Iterator[Finding]:
    for entry in source:
        if not entry.id:
            continue
        found = catalog.get(_key(entry), entry.context)
        if found is None or not any(forms_of(found)):
            yield Finding(name, found.lineno or 1 if found else 1, "missing", _key(entry))
        elif found.fuzzy:
            yield Finding(name, found.lineno or 1, "fuzzy", _key(entry))
        elif comments_of(found) != comments_of(entry):
            yield Finding(name, found.lineno or 1, "other comments", _key(entry))
        else:
            yield from (Finding(name, found.lineno or 1, fault, _key(entry)) for fault in _wrong(entry, found, catalog))
    for entry in catalog:
        if entry.id and source.get(_key(entry), entry.context) is None:
            yield Finding(name, entry.lineno or 1, "stale", _key(entry))
    for entry in catalog.obsolete.values():
        yield Finding(name, entry.lineno or 1, "obsolete", _key(entry))


def _wrong(source: Entry, found: Entry, catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with a translation that is there."""
    originals, forms = _source_forms(source), forms_of(found)
    needed_forms = catalog.num_plurals if len(originals) > 1 else 1
    if len(forms) != needed_forms or not all(forms):
        yield f"needs {needed_forms} plural forms"
    given = " ".join(originals)
    needed = placeholders(given) - ({"count"} if len(originals) > 1 else set())
    for form in filter(None, forms):
        if has_stray_brace(form) != has_stray_brace(given) or not fits(given, form):
            yield "broken placeholder"
        elif missing := needed - placeholders(form):
            yield f"placeholder {{{min(missing)}}} is missing"
        if _markup(form) != _markup(originals[-1]):
            yield "markup does not match"
        if _edges(form) != _edges(originals[-1]):
            yield "spaces at its ends do not match"
        elif not originals[-1].endswith(",") and _ending(form) != _ending(originals[-1]):
            # "Hello," is "Hola:" in Spanish: each language ends a greeting in its own way.
            yield "ends with other punctuation"


def _markup(text: str) -> Counter[str]:
    """Return the tags with all their attributes but those that are read, whose words are translated."""
    return Counter(READ_ATTRIBUTE.sub("", tag) for tag in TAG.findall(text)) + Counter(ENTITY.findall(text))


def _edges(text: str) -> tuple[bool, bool]:
    return text != text.lstrip(), text != text.rstrip()


def _ending(text: str) -> str:
    """Return which kind of mark a text ends with, whatever it looks like in its script; none is a kind too."""
    last = text.rstrip(CLOSING)[-1:]
    return next((kind for kind, marks in ENDINGS.items() if last in marks), "") if last else ""


def _orphans(sources: Mapping[str, Catalog], folder: Path, root: Path) -> Iterator[Finding]:
    for file in sorted(folder.glob("*.po")):
        if file.stem not in sources:
            yield Finding(file.relative_to(root).as_posix(), 1, "stale", "no feature says any of this")


def _key(entry: Entry) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _source_forms(entry: Entry) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def _is_said(entry: Entry) -> bool:
    return all(forms_of(entry)) and not entry.fuzzy
