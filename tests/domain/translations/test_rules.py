from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from domain.translations.product import ProductText
from domain.translations.replacing import _replaced
from domain.translations.rules import TAG, flaws

PLAIN = ProductText("files", "Files", None, ())
NAMED = ProductText("files", "Preparing {name}", None, ())
COUNTED = ProductText("files", "{count} file of {name}", "{count} files of {name}", ())
MARKED = ProductText("files", 'Read <a href="/help">this</a>', None, ())


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        (PLAIN, ["Ablage & mehr"]),
        (PLAIN, ["3 < 4"]),
        (NAMED, ["{name} wird {name}"]),
        (COUNTED, ["eine Datei von {name}", "{count} Dateien von {name}"]),
        (MARKED, ['<a href="/help">Dies</a> lesen']),
    ],
)
def test_what_keeps_to_its_source_is_taken(text: ProductText, forms: list[str]) -> None:
    assert flaws(text, "de", forms) == []


@pytest.mark.parametrize(
    ("text", "forms", "form"),
    [
        (PLAIN, [""], 0),
        (PLAIN, ["a", "b"], 0),
        (PLAIN, ["Files\n"], 0),
        (PLAIN, ["Dateien\nBcc: x"], 0),
        (PLAIN, ["Dateien\u2028und mehr"], 0),
        (COUNTED, ["{name}", "{count}\n{name}"], 1),
        (NAMED, ["{nam}"], 0),
        (NAMED, ["{name} {"], 0),
        (COUNTED, ["eine Datei von {name}", "{count} Dateien"], 1),
        (COUNTED, ["{count}"], 0),
        (MARKED, ['<a href="https://evil.example">Dies</a>'], 0),
        (MARKED, ['<a href="/help" onclick="x()">Dies</a>'], 0),
        (MARKED, ['<a href="/help">Dies</a><b>'], 0),
        (MARKED, ["Dies"], 0),
        (PLAIN, ["<svg/onload=alert(1)"], 0),
    ],
)
def test_what_does_not_is_told_with_its_form(text: ProductText, forms: list[str], form: int) -> None:
    assert form in {flaw.form for flaw in flaws(text, "de", forms)}


@given(st.text(alphabet=st.sampled_from("<>/&;ab{}'\"= \n"), max_size=30))
def test_no_text_that_is_taken_brings_in_a_tag(typed: str) -> None:
    if not flaws(PLAIN, "de", [typed]):
        assert not TAG.search(typed)


def test_arabic_asks_for_six_forms_and_japanese_for_one() -> None:
    assert flaws(COUNTED, "ja", ["{name} {count}"]) == []
    assert flaws(COUNTED, "ar", ["{name}"] * 6) == []
    assert flaws(COUNTED, "ar", ["{name}"] * 2)


def test_a_word_is_replaced_outside_of_placeholders_and_markup_with_its_capital() -> None:
    form = 'Workspaces: {workspace} in <a href="/workspace">a workspace</a>'
    assert _replaced(form, "workspace", "project") == 'Projects: {workspace} in <a href="/workspace">a project</a>'
