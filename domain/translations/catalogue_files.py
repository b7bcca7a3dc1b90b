"""Catalogues as files: a tenant's texts go out as ``.po`` that ``msgfmt -c`` takes unchanged, and come back in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from core.i18n.files import key_of, plural_rule
from domain.translations.errors import another_language, catalogue_too_large, not_a_catalogue, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from babel.messages import Message as Entry

    from domain.translations.product import ProductText
    from domain.translations.repository import Forms

MOST_BYTES = 1024 * 1024
MOST_ENTRIES = 10_000
WIDTH = 110
STRING = ('"', "msg")


class Entries(Catalog):
    """The entries of a file by a stranger, as they come.

    What a file says of itself is not believed: its header can ask for half a billion plural forms. Nor are doubles
    merged, which takes time by the square of their number.
    """

    def __init__(self, locale: str) -> None:
        super().__init__(locale=Locale.parse(locale, sep="-"))
        self.found: list[Entry] = []
        self._forms = plural_rule(locale)[0]

    @property
    def num_plurals(self) -> int:
        """How many forms the language has, as the product counts."""
        return self._forms

    def __setitem__(self, _id: object, message: Entry) -> None:
        if len(self.found) >= MOST_ENTRIES:
            raise catalogue_too_large()
        self.found.append(message)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One translation in a file, and the line on which it begins."""

    line: int
    source: str
    plural: str | None
    forms: tuple[str, ...]
    fuzzy: bool


def write_file(locale: str, domain: str, texts: Iterable[tuple[ProductText, Forms | None]]) -> str:
    """Return a catalogue with what is given, sorted, with the header that gettext's tools ask for."""
    catalog = Catalog(locale=Locale.parse(locale, sep="-"), domain=domain)
    for text, forms in texts:
        said = forms or ("",)
        catalog.add(
            text.words if text.plural is None else (text.words, text.plural),
            said[0] if text.plural is None else said,
            locations=[(place, 0) for place in text.places],  # written without their lines, which change with any edit
            auto_comments=text.comments,
            context=text.context or None,
        )
    body = io.BytesIO()
    write_po(body, catalog, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    return _header(locale, domain) + body.getvalue().decode("utf-8").rstrip("\n") + "\n"


def read_file(content: bytes, locale: str) -> list[FileEntry]:
    """Return the translations of a file.

    Raises TooLargeError, UnsupportedError for something else than text, InvalidError with the line that cannot be read
    or for a file in another language.
    """
    if len(content) > MOST_BYTES:
        raise catalogue_too_large()
    text = _text(content)
    _refuse_broken_lines(text)
    entries = Entries(locale)
    try:
        PoFileParser(entries, abort_invalid=True).parse(text.splitlines())
    except PoFileError as error:
        raise unreadable(error.lineno + 1) from error
    except (ValueError, IndexError, TypeError, SyntaxError, KeyError) as error:  # babel, by what the file holds
        raise unreadable(1) from error
    _refuse_other_language(text, locale)
    return list(_file_entries(entries.found))


def check_name(name: str) -> None:
    """Refuse what does not even claim to be a catalogue."""
    if not name.lower().endswith((".po", ".pot")):
        raise not_a_catalogue()


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_a_catalogue() from error
    if "\0" in text or "msgid" not in text:
        raise not_a_catalogue()
    return text.replace("\r\n", "\n")


def _refuse_broken_lines(text: str) -> None:
    # Babel takes a string that is cut off for a whole one, and skips lines that it does not know.
    for number, line in enumerate(text.splitlines(), start=1):
        tidy = line.strip()
        if tidy and not tidy.startswith(("#", *STRING)):
            raise unreadable(number)
        if tidy.startswith(STRING) and (not tidy.endswith('"') or _quotes(tidy) != 2):  # noqa: PLR2004  # begin and end
            raise unreadable(number)


def _quotes(line: str) -> int:
    """Count the quotes that are not escaped."""
    return line.replace("\\\\", "").replace('\\"', "").count('"')


def _refuse_other_language(text: str, locale: str) -> None:
    for line in text.splitlines():
        if line.startswith('"Language:'):
            found = line.removeprefix('"Language:').split("\\n")[0].strip(' "')
            if found and found.replace("_", "-").lower() != locale.lower():
                raise another_language(found[:20])
            return


def _file_entries(found: Iterable[Entry]) -> Iterator[FileEntry]:
    for entry in found:
        forms = _forms(entry)
        if entry.id and any(forms):
            plural = None if isinstance(entry.id, str) else entry.id[1]
            yield FileEntry(entry.lineno or 1, key_of(entry), plural, forms, entry.fuzzy)


def _forms(entry: Entry) -> tuple[str, ...]:
    said = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
    return tuple(form or "" for form in said)


def _header(locale: str, domain: str) -> str:
    number, expression = plural_rule(locale)
    fields: Mapping[str, str] = {
        "Project-Id-Version": f"ADX Core, {domain}",
        "PO-Revision-Date": "2026-01-01 00:00+0000",
        "Last-Translator": "ADX Core",
        "Language-Team": locale,
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": f"nplurals={number}; plural={expression};",
    }
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items()) + "\n"
