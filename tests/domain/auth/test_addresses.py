from __future__ import annotations

import pytest

from domain.auth.addresses import is_address, normalise


@pytest.mark.parametrize("typed", ["Ada@Example.COM", " ada@example.com\n", "ada@example.com"])
def test_one_address_has_one_form(typed: str) -> None:
    assert normalise(typed) == "ada@example.com"


@pytest.mark.parametrize(
    "address",
    ["a@b.co", "first.last+tag@mail.example.org", "o'neil@example.ie", "x@xn--bcher-kva.example", f"{'a' * 64}@b.co"],
)
def test_what_mail_can_be_sent_to_is_taken(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@example..com",
        "ada@-example.com",
        "ada lovelace@example.com",
        "ada@example.com\r\nbcc: eve@example.com",
        "ada,eve@example.com",
        "ada@example.com,eve@example.com",
        "<ada@example.com>",
        "=?utf-8?q?a=0d=0abcc:c?=@example.com",
        "ada@example.com\u200b",
        "ädä@example.com",
        "\uff41da@example.com",
        f"{'a' * 65}@b.co",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.com",
    ],
)
def test_what_is_none_or_more_than_one_is_refused(address: str) -> None:
    assert not is_address(normalise(address))
