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
        "maria.garcia",
        "St.John",
        "Ph.D. Sammy Davis jr.",
        "Marcel·la Puig",
        "ジョン・スミス",
        "约翰·史密斯",
        "Ada …",
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
        "evil.com",
        "Evil.Com",
        "EVIL.SHOP now",
        "win at evil.com.",
        "evil .com",
        "evil。com",
        "evil\uff0ecom",
        "evil\uff61com",
        "evil\u2024com",
        "evil\ufe52com",
        "evil·com",
        "evil•com",
        "evil\u0660com",
        "evil\u06d4com",
        "evil\u30fbcom",
        "evil\ua4f8com",
        "evil\U0001d16dcom",
        "www。evil。example",
        "\U0001d41e\U0001d42f\U0001d422\U0001d425.\U0001d41c\U0001d428\U0001d426",
        "evil.c\u200dom",
        "evil.c\ufe0fom",
        "evil.\u200bcom",
        "пример.рф",
        "例子。中国",
        "evil.xn--p1ai",
        "evil\u2215win",
        "".join(chr(0xE0000 + ord(letter)) for letter in "evil.com") + "Ada",
        "Ada\ud800",
        "Ada\u3164",
    ],
)
def test_what_advertises_or_hides_something_is_not(name: str) -> None:
    assert not is_name(name)
