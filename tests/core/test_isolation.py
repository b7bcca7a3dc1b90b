"""Values that are filled into texts turn nothing around them, whatever they are, and English stays free of marks."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies
from jinja2 import Environment
from markupsafe import Markup

from core.i18n import Catalogues, Speaker, install, speaking
from core.i18n.isolation import CLOSE, OPEN, TURNS, without_isolates
from core.mail.headers import of_text
from core.messages import Message, Octets, messages_of
from core.settings import ROOT

N_ = messages_of("files")

CATALOGUES = Catalogues.load(ROOT / "locales")
ENGLISH, ARABIC = CATALOGUES.speaker("en"), CATALOGUES.speaker("ar")
TEXT = "Never said: {name}, then {count}."
STRAY = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f"
HARMLESS = {"L", "EN", "ES", "ET", "CS", "NSM", "BN", "B", "S", "WS", "ON"}
"""What stays in the order of a text from left to right, wherever it stands in it."""

anything = strategies.characters(exclude_categories=["Cs"])
names = strategies.text(strategies.one_of(anything, strategies.sampled_from(STRAY)))


def outside(text: str) -> str:
    """Return what stands in no isolate; fails when one is not ended, ended twice, or something is embedded."""
    depth, kept = 0, []
    for character in text:
        kind = unicodedata.bidirectional(character)
        assert kind not in {"LRE", "RLE", "LRO", "RLO", "PDF"}
        if kind == "PDI":
            depth -= 1
            assert depth >= 0
        elif kind in {"LRI", "RLI", "FSI"}:
            depth += 1
        elif depth == 0:
            kept.append(character)
        else:
            assert kind != "B"  # it ends every isolate
    assert depth == 0
    return "".join(kept)


@settings(max_examples=300, deadline=None)
@given(names)
@example("Rechnung (final) 2026.pdf")
@example("C++")
@example("-5")
@example("fdp\u202e.exe")
@example("\u2069\u2069)(")
@example("\u2068")
@example("two\nlines")
def test_from_right_to_left_every_value_is_set_apart(name: str) -> None:
    said = outside(ARABIC.say(N_(TEXT, name=name, count=5)))
    assert re.fullmatch(r"Never said: [\n\r\x1c-\x1e\x85\u2029]*, then 5\.", said), said


@settings(max_examples=300, deadline=None)
@given(names)
@example("فاتورة (نهائية).pdf")
@example("\u0661\u0662")
@example("fdp\u202e.exe")
@example("\u05ff")
def test_from_left_to_right_nothing_outside_an_isolate_turns(name: str) -> None:
    said = ENGLISH.say(N_(TEXT, name=name, count=5))
    assert {unicodedata.bidirectional(character) or "L" for character in outside(said)} <= HARMLESS
    if TURNS.search(name) is None:
        assert said == f"Never said: {name}, then 5."


def test_whatever_turns_stands_in_the_blocks_that_are_looked_for() -> None:
    for number in range(sys.maxunicode + 1):
        if unicodedata.bidirectional(chr(number)) not in HARMLESS | {""}:
            assert TURNS.match(chr(number)), hex(number)


def test_scripts_look_for_the_same() -> None:
    source = Path(ROOT / "web/static/js/11-filling.js").read_text("utf-8")
    found = re.search(r"const TURNS = /(.+)/u;", source)
    assert found
    literal = re.sub(r"\\u\{?([0-9a-f]{4,5})\}?", lambda code: chr(int(code[1], 16)), found[1])
    assert literal == TURNS.pattern


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1200, "1,200"),
        (4.5, "4.5"),
        (-5, f"{OPEN}{ARABIC.number(-5)}{CLOSE}"),
        (Octets(4404019), f"{OPEN}{ARABIC.size(4404019)}{CLOSE}"),
        ("2026", f"{OPEN}2026{CLOSE}"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_number_alone_is_part_of_its_text(value: object, said: str) -> None:
    """What translators write beside one ("{ratio}:1") belongs to it and keeps its order."""
    assert ARABIC.filled("«{value}»", {"value": value}) == f"«{said}»"


def test_each_of_a_list_is_set_apart() -> None:
    assert outside(ARABIC.items(["a (1)", "b", "c"])) == " و و"
    assert ENGLISH.items(["a (1)", "b", "c"]) == "a (1), b and c"


@pytest.mark.parametrize("voice", [ENGLISH, ARABIC])
def test_markup_in_markup_is_set_apart_in_one_piece(voice: Speaker) -> None:
    page = Environment(autoescape=True)
    install(page)
    link = Markup('<a\nhref="/">قائمة (1)</a>')
    with speaking(voice):
        said = page.from_string('{{ _("<{name}>", name=link) }}').render(link=link)
    assert said == f"&lt;{OPEN}{link}{CLOSE}&gt;"


def test_a_message_within_a_message_is_balanced_too() -> None:
    inner = Message("files", "Within (1) {name}", {"name": "x\u2069"})
    assert outside(ARABIC.filled("{inner}!", {"inner": inner})) == "!"


@pytest.mark.parametrize("name", ["Rechnung (final) 2026.pdf", "x" * 400])
def test_a_subject_keeps_its_values_apart_even_where_it_is_cut(name: str) -> None:
    header = of_text("Subject", ARABIC.say(N_(TEXT, name=name)))
    assert OPEN in header.meant
    outside(header.meant)
    assert of_text("Subject", "a\u202eb").meant == "ab"


def test_a_search_reads_through_the_marks() -> None:
    assert without_isolates(ARABIC.filled("«{name}»", {"name": "a.pdf"})) == "«a.pdf»"
