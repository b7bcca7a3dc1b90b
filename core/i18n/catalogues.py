"""The catalogues of all features and languages, held in memory and, in development, read again when a file changes."""

from __future__ import annotations

import gettext
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from core.i18n.files import key_of, read_catalogue, read_template
from core.i18n.negotiate import SOURCE_LOCALE, available_locales
from core.i18n.placeholders import fits
from core.i18n.pseudo import PSEUDO_LOCALES, pseudo
from core.i18n.speaker import Speaker
from core.i18n.wording import PRODUCTS_OWN
from core.messages import without_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from babel.messages import Catalog, Message as Entry

    from core.i18n.wording import Wording
    from core.messages import Message

log = structlog.get_logger(__name__)

SHARED_DOMAIN = "shell"
LOOK_AGAIN_AFTER = 0.5
"""Seconds between two looks at the files in development: an edit is seen by the next reload of the page."""


@dataclass(frozen=True, slots=True)
class Book:
    """One feature's texts in one language: by source text, the translation or its plural forms."""

    texts: Mapping[str, tuple[str, ...]]
    plural_index: Callable[[int], int]


Library = dict[str, dict[str, Book]]
"""Books by locale, then by domain."""


class Catalogues:
    """Every translation there is. What is missing or broken in a translation is shown in English, never an error."""

    def __init__(self, path: Path, *, watch: bool = False, pseudo_languages: bool = False, domain: str = "*") -> None:
        self._path = path
        self._domain = domain
        self._watch = watch
        self._pseudo = tuple(PSEUDO_LOCALES) if pseudo_languages else ()
        self._stamp: tuple[tuple[str, int], ...] = ()
        self._looked_at = 0.0
        self._library: Library = {}
        self.locales: tuple[str, ...] = (SOURCE_LOCALE,)
        self._read()

    @classmethod
    def load(cls, path: Path, *, watch: bool = False, pseudo_languages: bool = False, domain: str = "*") -> Catalogues:
        """Read ``path/<locale>/LC_MESSAGES/<feature>.po``; with ``watch``, changed files are seen without a restart.

        With ``pseudo_languages`` there are two more, which say what ``path/<feature>.pot`` holds.
        With ``domain``, only that feature is read.
        """
        return cls(path, watch=watch, pseudo_languages=pseudo_languages, domain=domain)

    def speaker(
        self, locale: str, timezone: str = "UTC", *, wording: Wording = PRODUCTS_OWN, marks: bool = False
    ) -> Speaker:
        """Return the voice of one reader: texts in ``locale``, a tenant's own first, times in ``timezone``."""
        return Speaker(self, locale if locale in self.locales else SOURCE_LOCALE, timezone, wording, marks)

    def translate(self, message: Message, locale: str) -> str:
        """Return ``message`` in words."""
        return self.speaker(locale).say(message)

    def gettext(self, text: str, locale: str, domain: str = SHARED_DOMAIN, /, **params: object) -> str:
        """Return the translation of ``text`` with its placeholders filled."""
        return self.speaker(locale).filled(self.find(text, locale, domain)[0], params)

    def ngettext(
        self, one: str, many: str, locale: str, domain: str = SHARED_DOMAIN, /, *, count: int, **params: object
    ) -> str:
        """Return the form for ``count`` of a text with a plural, with its placeholders filled."""
        chosen = self.choose(one, many, count, locale, domain)
        return self.speaker(locale).filled(chosen, {"count": count, **params})

    def find(self, text: str, locale: str, domain: str, wording: Wording = PRODUCTS_OWN) -> tuple[str, ...]:
        """Return the translation (or plural forms) of ``text``: from ``domain``, the shared one, then any other.

        In each of them what a tenant says in its own words comes before what the product says.
        """
        for book in self._books(locale, domain, wording):
            if found := book.texts.get(text):
                return found
        return (without_context(text),)

    def choose(  # noqa: PLR0917  # what it takes is one text with its number
        self, one: str, many: str, count: int, locale: str, domain: str, wording: Wording = PRODUCTS_OWN
    ) -> str:
        """Return the unfilled form for ``count`` by the rule of the catalogue that has the text."""
        for book in self._books(locale, domain, wording):
            if forms := book.texts.get(one):
                return forms[min(book.plural_index(count), len(forms) - 1)]
        return without_context(one) if count == 1 else many

    def of_product(self, text: str, locale: str, domain: str) -> tuple[str, ...] | None:
        """Return the forms of ``text`` in the product's catalogue of ``domain``; None for one that it does not say."""
        self._look_again()
        book = self._library.get(locale, {}).get(domain)
        return book.texts.get(text) if book else None

    def _books(self, locale: str, domain: str, wording: Wording = PRODUCTS_OWN) -> Iterator[Book]:
        self._look_again()
        books = self._library.get(locale, {})
        own = wording.books.get(locale)
        if own is None:
            yield from _in_order(books, domain)
            return
        for name in _names_in_order({**books, **own}, domain):
            yield from (found[name] for found in (own, books) if name in found)

    def _look_again(self) -> None:
        if not self._watch or time.monotonic() - self._looked_at < LOOK_AGAIN_AFTER:
            return
        self._looked_at = time.monotonic()
        if self._stamp_of_files() != self._stamp:
            self._read()

    def _stamp_of_files(self) -> tuple[tuple[str, int], ...]:
        files = [*self._path.glob("*/LC_MESSAGES/*.po"), *(self._path.glob("*.pot") if self._pseudo else ())]
        return tuple((str(file), file.stat().st_mtime_ns) for file in sorted(files))

    def _read(self) -> None:
        self._stamp = self._stamp_of_files()
        found = available_locales(self._path)
        library: Library = {}
        for locale in found:
            before = self._library.get(locale, {})
            files = sorted((self._path / locale / "LC_MESSAGES").glob(f"{self._domain}.po"))
            library[locale] = {file.stem: book for file in files if (book := _read_book(file, locale, before))}
        if self._pseudo:
            books = {file.stem: _pseudo_book(file) for file in sorted(self._path.glob("*.pot"))}
            library |= dict.fromkeys(self._pseudo, books)
        self.locales = (*found, *self._pseudo)
        self._library = library


def _pseudo_book(file: Path) -> Book:
    entries = [entry for entry in read_template(file) if entry.id]
    texts = {key_of(entry): (entry.id,) if isinstance(entry.id, str) else tuple(entry.id) for entry in entries}
    return Book({key: tuple(map(pseudo, forms)) for key, forms in texts.items()}, lambda count: int(count != 1))


def _in_order(books: Mapping[str, Book], domain: str) -> Iterator[Book]:
    return (books[name] for name in _names_in_order(books, domain))


def _names_in_order(books: Mapping[str, Book], domain: str) -> Iterator[str]:
    """Yield the names of books: the asked one, the shared one, then any other."""
    for first in (domain, SHARED_DOMAIN):
        if first in books:
            yield first
    yield from (name for name in books if name not in {domain, SHARED_DOMAIN})


def _read_book(file: Path, locale: str, before: Mapping[str, Book]) -> Book | None:
    """Return the book of one file; while it cannot be read (half saved, say), the one from before."""
    try:
        return _book_as_of(file, locale, file.stat().st_mtime_ns)
    except ValueError as error:
        log.warning("i18n.unreadable_catalogue", file=str(file), error=str(error))
        return before.get(file.stem)


@lru_cache(maxsize=1024)
def _book_as_of(file: Path, locale: str, _modified: int) -> Book:
    """Return the book of a file as it was at a time; after an edit only the file that changed is read again."""
    catalog = read_catalogue(file, locale, file.stem)
    return Book(_texts(catalog, file), gettext.c2py(catalog.plural_expr))


def _texts(catalog: Catalog, file: Path) -> dict[str, tuple[str, ...]]:
    texts = {}
    for entry in catalog:
        if not entry.id or not entry.string or entry.fuzzy:
            continue
        source, forms = _forms(entry)
        if not all(forms):
            continue
        if not all(fits(source, form) for form in forms):
            log.warning("i18n.broken_placeholder", file=str(file), line=entry.lineno, text=source)
            continue
        texts[key_of(entry)] = forms
    return texts


def _forms(entry: Entry) -> tuple[str, tuple[str, ...]]:
    """Return the source text that names every placeholder, and the translation's forms."""
    source = entry.id if isinstance(entry.id, str) else " ".join(entry.id)
    return source, (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
