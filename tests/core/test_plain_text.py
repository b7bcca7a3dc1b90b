from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from core.plain_text import for_terminal, one_line, plain_lines


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "Müller & Söhne",
        "山田太郎",
        "葛\U000e0100飾区",  # a variant of the character, as some families write their name
        "\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647",  # Persian, with its joiner
        "श्री\u200dमान्",
        "👩\u200d⚕\ufe0f und 👨🏽\u200d🦰",
        "1\ufe0f\u20e3",
        "\U0001fae8",  # younger than the tables of this Python
        "=?utf-8?q?Ada?=",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
        ("Ada\r\nBcc: victim@mail.example", "Ada Bcc: victim@mail.example"),
        ("Ada\u2028and\u2029Eve\x85Bob\x0bKim\x1cLee", "Ada and Eve Bob Kim Lee"),
        ("a\0b\x07c\x1b[31md\x7fe\x9bf", "abc[31mdef"),
        ("Ada\u202egpj.exe\u202c\u2066x\u2069", "Adagpj.exex"),
        ("Ada\u200e\u200f\u061c", "Ada"),
        ("evil\u200b.\u2060ex\ufeffample", "evil.example"),
        ("e\u200dv\u200cil", "evil"),
        ("e\ufe0fvil\ufe0f\U000e0100", "evil"),
        ("".join(chr(0xE0000 + ord(letter)) for letter in "evil.example") + "Ada\U000e007f", "Ada"),
        ("Ada\ud800\udfff\udc80", "Ada"),
        ("Ada\u3164\u2800\u00a0\u3000Eve", "Ada Eve"),
        ("Ada\ufffe\U0010ffff\ue000", "Ada"),
        ("\u2063abc\u2064", "abc"),
        ("e\u0301", "é"),
        ("\u034f\u00ad\u200b", ""),
    ],
)
def test_what_ends_a_line_turns_it_or_is_not_seen_goes(text: str, cleaned: str) -> None:
    assert one_line(text) == cleaned


def test_what_is_too_long_is_cut_where_nothing_is_torn() -> None:
    assert one_line("x" * 50, longest=10) == "xxxxxxxxx…"
    assert one_line("क्षि" * 5, longest=6) == "क्षि…"
    assert one_line("x" * 10, longest=10) == "x" * 10


@given(st.text(st.characters(exclude_categories=()), max_size=200))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_becomes_one_line_that_is_clean(text: str) -> None:
    line = one_line(text, longest=50)
    assert len(line) <= 50
    assert line == one_line(line, longest=50) == " ".join(line.split())
    line.encode()
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Co", "Zl", "Zp"}


def test_the_work_does_not_grow_with_what_is_typed() -> None:
    marks = "a" + "\u0315\u0300" * 500_000  # to order them takes time by the square of their number
    assert len(one_line(marks, longest=100)) <= 100


def test_lines_of_a_mail_stay_lines() -> None:
    assert plain_lines("a\r\nb\n\tc\x1b\ud800\u202e\x85") == "a\nb\n\tc"
    assert plain_lines("\u2068x\u2069") == "\u2068x\u2069"


def test_a_terminal_is_shown_what_it_must_not_obey() -> None:
    assert for_terminal("/\x1b]0;owned\x07\x9b2J\r\u202e\u2066\ud800\U000e0041") == (
        "/\\x1b]0;owned\\x07\\x9b2J\\r\\u202e\\u2066\\ud800\\U000e0041"
    )
    assert for_terminal("Größe\t山田\n") == "Größe\t山田\n"
