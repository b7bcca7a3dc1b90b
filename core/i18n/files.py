"""Writing catalogues: sorted, without dates and line numbers, so that they change only when a text does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from babel.messages import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po, write_po

from core.i18n.negotiate import babel_locale
from core.messages import in_context

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from babel.messages import Message as Entry

    from core.i18n.source_text import SourceText

WIDTH = 110
ARABIC = "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"
"""Zero, one, two, few, many, other: the order of CLDR and of all tools. Babel has the last two the other way."""


def templates_of(texts: Iterable[SourceText]) -> dict[str, Catalog]:
    """Return one untranslated catalogue a feature. A text with a plural anywhere has it everywhere."""
    catalogs: dict[str, Catalog] = {}
    for text in sorted(texts, key=lambda item: (item.domain, item.text, item.context or "", item.file)):
        catalog = catalogs.setdefault(text.domain, Catalog(domain=text.domain))
        catalog.add(
            (text.text, text.plural) if text.plural else text.text,
            locations=[(text.file, text.line)],
            auto_comments=text.comments,
            context=text.context,
        )
    return catalogs


def key_of(entry: Entry) -> str:
    """Return what the product knows an entry by: its English text, with its context if it has one."""
    return in_context(entry.id if isinstance(entry.id, str) else entry.id[0], entry.context)


def forms_of(entry: Entry) -> tuple[str, ...]:
    """Return what an entry is translated to: one text, or the plural forms."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def comments_of(entry: Entry) -> tuple[str, ...]:
    """Return what translators are told of an entry, each comment whole, as before it was broken into lines."""
    comments: list[str] = []
    for line in entry.auto_comments:
        if comments and not comments[-1].endswith("."):
            comments[-1] += f" {line}"
        else:
            comments.append(line)
    return tuple(comments)


def write_template(catalog: Catalog, file: Path) -> bool:
    """Write a ``.pot``; return whether it changed."""
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return _write(file, header + _entries(catalog))


def read_template(file: Path) -> Catalog:
    """Return the texts of a ``.pot``, or none where there is no file yet."""
    if not file.exists():
        return Catalog()
    with file.open("rb") as stream:
        return read_po(stream)


class UnreadableError(ValueError):
    """A catalogue that cannot be read, and the line on which reading ended."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def read_catalogue(file: Path, locale: str, domain: str) -> Catalog:
    """Return the catalogue in ``file``, or an empty one where there is no file yet.

    Raises:
        UnreadableError: the file is half saved, in an unknown encoding, or no ``.po`` at all.
    """
    if not file.exists():
        return Catalog(locale=babel_locale(locale), domain=domain)
    try:
        content = file.read_bytes()
        _refuse_half_a_file(content.decode("utf-8"))
        return read_po(io.BytesIO(content), locale=babel_locale(locale), domain=domain, abort_invalid=True)
    except PoFileError as error:
        raise UnreadableError(error.lineno, str(error).partition(" on ")[0]) from error
    except (ValueError, LookupError, OSError) as error:
        raise UnreadableError(getattr(error, "line", 1), str(error)) from error


def _refuse_half_a_file(text: str) -> None:
    # Babel takes a string that is cut off for a whole one, and a page would show half a sentence.
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(('"', "msg")) and not line.rstrip().endswith('"'):
            raise UnreadableError(number, "the line is cut off")


def write_catalogue(catalog: Catalog, file: Path, locale: str) -> bool:
    """Write a ``.po`` with the header that tools need and no more; return whether it changed."""
    forms, expression = plural_rule(locale)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={forms}; plural={expression};\\n"\n\n'
    )
    return _write(file, header + _entries(catalog))


def plural_rule(locale: str) -> tuple[int, str]:
    """Return how many plural forms a language has, and gettext's expression that chooses one by ``n``."""
    plural = get_plural(locale.replace("-", "_"))
    return plural.num_plurals, ARABIC if locale.partition("-")[0] == "ar" else plural.plural_expr


def _entries(catalog: Catalog) -> str:
    buffer = io.BytesIO()
    write_po(
        buffer, catalog, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True
    )
    return buffer.getvalue().decode("utf-8").rstrip("\n") + "\n"


def _write(file: Path, text: str) -> bool:
    if file.exists() and file.read_text("utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return True
