"""Catalogues by strangers: what a file says of itself is not believed."""

from __future__ import annotations

import pytest

from core.errors import InvalidError, TooLargeError
from domain.translations.catalogue_files import MOST_ENTRIES, read_file

PLURAL = 'msgid "{n} file"\nmsgid_plural "{n} files"\nmsgstr[0] "{n} Datei"\nmsgstr[1] "{n} Dateien"\n'


def header(forms: int) -> str:
    return f'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals={forms}; plural=0;\\n"\n\n'


@pytest.mark.parametrize("forms", [0, 1, 500_000_000])
def test_as_many_forms_are_read_as_the_language_has_whatever_the_header_says(forms: int) -> None:
    (entry,) = read_file((header(forms) + PLURAL).encode(), "de")
    assert entry.forms == ("{n} Datei", "{n} Dateien")


def test_a_form_that_the_language_does_not_have_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidError):
        read_file((header(3) + PLURAL + 'msgstr[2] "{n} Dateien"\n').encode(), "de")


def test_more_entries_than_any_catalogue_has_are_refused() -> None:
    entry = 'msgid "a"\nmsgstr "b"\n'
    assert len(read_file((entry * MOST_ENTRIES).encode(), "de")) == MOST_ENTRIES
    with pytest.raises(TooLargeError):
        read_file((entry * (MOST_ENTRIES + 1)).encode(), "de")
