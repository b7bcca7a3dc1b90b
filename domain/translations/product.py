"""The product's own texts, as the catalogues on disk have them: what a tenant's wording stands in the place of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from core.i18n.files import comments_of, key_of as entry_key
from core.i18n.marks import key_of
from core.i18n.negotiate import ENGLISH_ONLY, SOURCE_LOCALE
from core.i18n.placeholders import placeholders
from core.i18n.pseudo import PSEUDO_LOCALES
from core.messages import CONTEXT_ENDS, without_context
from domain.translations.errors import no_such_language, no_such_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from babel.messages import Message as Entry

    from core.i18n import Catalogues


@dataclass(frozen=True)
class ProductText:
    """One text of the product: its catalogue, the key it is stored by, and the files in which it is said.

    ``source`` is the English with its context, if it has one; ``comments`` say what it is and where it stands.
    """

    domain: str
    source: str
    plural: str | None
    places: tuple[str, ...]
    comments: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """Its name in addresses."""
        return key_of(self.domain, self.source)

    @property
    def words(self) -> str:
        """The English alone."""
        return without_context(self.source)

    @property
    def context(self) -> str:
        """Which of the meanings of the English it has; nothing where there is only one."""
        return self.source.rpartition(CONTEXT_ENDS)[0]

    @property
    def everything(self) -> str:
        """Both English forms, for what may occur in a wording."""
        return f"{self.words} {self.plural or ''}"

    @cached_property
    def required(self) -> frozenset[str]:
        """The placeholders that a wording must have; a form for one number need not say the number."""
        return placeholders(self.everything) - (frozenset({"count"}) if self.plural else frozenset())

    @property
    def english(self) -> tuple[str, ...]:
        """Its forms in the source."""
        return (self.words, self.plural) if self.plural else (self.words,)


class ProductTexts:
    """All texts of the product by catalogue, read from the templates (``.pot``) when they have changed."""

    def __init__(self, catalogues: Catalogues, folder: Path) -> None:
        self._catalogues = catalogues
        self._folder = folder
        self._stamp: tuple[tuple[str, int], ...] = ()
        self._texts: Mapping[str, Mapping[str, ProductText]] = {}
        self._by_key: Mapping[str, ProductText] = {}

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that can be worded: English, and all that have catalogues."""
        return tuple(locale for locale in self._catalogues.locales if locale not in PSEUDO_LOCALES)

    @property
    def domains(self) -> tuple[str, ...]:
        """The names of the catalogues."""
        return tuple(self._read())

    def of(self, domain: str | None = None) -> Sequence[ProductText]:
        """Return the texts of one catalogue, or of all; none for a catalogue that is not there."""
        texts = self._read()
        chosen = texts if domain is None else {domain: texts.get(domain, {})}
        return [text for found in chosen.values() for text in found.values()]

    def find(self, domain: str, source: str) -> ProductText | None:
        """Return a text by its English."""
        return self._read().get(domain, {}).get(source)

    def index(self) -> Mapping[tuple[str, str], ProductText]:
        """Return all texts by catalogue and English. To be asked for once: each time the files are looked at."""
        return {(text.domain, text.source): text for text in self.of()}

    def by_key(self, key: str) -> ProductText:
        """Return a text by its name in addresses; raises NotFoundError."""
        self._read()
        found = self._by_key.get(key)
        if found is None:
            raise no_such_text()
        return found

    def forms(self, text: ProductText, locale: str) -> tuple[str, ...] | None:
        """Return what the product says in a language; None where nobody has translated it."""
        if locale == SOURCE_LOCALE:
            return text.english
        return self._catalogues.of_product(text.source, locale, text.domain)

    def check_locale(self, locale: str) -> str:
        """Return ``locale`` if the product speaks it; raises NotFoundError."""
        if locale not in self.locales:
            raise no_such_language()
        return locale

    def _read(self) -> Mapping[str, Mapping[str, ProductText]]:
        files = sorted(file for file in self._folder.glob("*.pot") if file.stem not in ENGLISH_ONLY)
        stamp = tuple((file.stem, file.stat().st_mtime_ns) for file in files)
        if stamp != self._stamp:
            self._texts = {file.stem: {text.source: text for text in _texts(file)} for file in files}
            self._by_key = {text.key: text for texts in self._texts.values() for text in texts.values()}
            self._stamp = stamp
        return self._texts


def _texts(file: Path) -> Iterator[ProductText]:
    with file.open("rb") as stream:
        for entry in read_po(stream, domain=file.stem):
            if entry.id:
                yield _text(entry, file.stem)


def _text(entry: Entry, domain: str) -> ProductText:
    plural = None if isinstance(entry.id, str) else entry.id[1]
    places = tuple(dict.fromkeys(place for place, _ in entry.locations))
    return ProductText(domain, entry_key(entry), plural, places, comments_of(entry))
