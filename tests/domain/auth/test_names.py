from __future__ import annotations

import pytest

from domain.auth.names import is_name


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "J.R.R. Tolkien",
        "Conan O'Brien-Smith, Jr.",
        "山田太郎",
        "محمد بن سلمان",
        "\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647",
        "Wwwendy",
        "X Æ A-12",
    ],
)
def test_what_people_are_called_is_taken(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Win now: https://evil.example",
        "evil.example/win",
        "Visit WWW.evil.example",
        "Visit \uff57\uff57\uff57.evil.example",
        "evil.example\uff0fwin",
        "write to me@evil.example",
        "write to me\uff20evil.example",
        "Ada\x07",
        "Ada\x7f",
        "Ada\x1b[31m",
        "Ada\u202egro.live",
        "Ada\u2066x",
    ],
)
def test_what_advertises_or_hides_something_is_not(name: str) -> None:
    assert not is_name(name)
