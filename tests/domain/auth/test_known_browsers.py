from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from core.ids import new_id
from domain.auth.known_browsers import DAYS, MOST_ACCOUNTS, KnownBrowsers
from web.kit.cookies import LONGEST_VALUE

if TYPE_CHECKING:
    from uuid import UUID

SECRET = SecretStr("a secret for tests, longer than 32 bytes, worth nothing elsewhere")
EMAIL = "ada@example.com"
A_DAY = 24 * 3600


class Calendar:
    """A clock that tests turn."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def browsers(calendar: Calendar) -> KnownBrowsers:
    return KnownBrowsers(SECRET, calendar)


@pytest.fixture
def ada() -> UUID:
    return new_id()


def test_a_browser_is_known_to_the_account_it_signed_in_to_and_to_no_other(browsers: KnownBrowsers, ada: UUID) -> None:
    cookie = browsers.remember("", ada, EMAIL)
    found = browsers.find(cookie, EMAIL)
    assert found is not None
    assert found.account_id == ada
    for email in ("", "ben@example.com", "ADA@example.com", f" {EMAIL}", f"{EMAIL}\0"):
        assert browsers.find(cookie, email) is None
    assert KnownBrowsers(SecretStr("another secret, of which nobody knows anything")).find(cookie, EMAIL) is None


def test_two_browsers_of_one_account_are_told_apart(browsers: KnownBrowsers, ada: UUID) -> None:
    one, other = (browsers.find(browsers.remember("", ada, EMAIL), EMAIL) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.key != other.key


def test_a_mark_is_good_for_a_year(browsers: KnownBrowsers, calendar: Calendar, ada: UUID) -> None:
    cookie = browsers.remember("", ada, EMAIL)
    calendar.now += DAYS * A_DAY
    assert browsers.find(cookie, EMAIL) is not None
    calendar.now += A_DAY
    assert browsers.find(cookie, EMAIL) is None
    calendar.now -= (DAYS + 2) * A_DAY
    assert browsers.find(cookie, EMAIL) is None  # from tomorrow


def test_whatever_is_not_as_it_was_given_marks_nobody(browsers: KnownBrowsers, ada: UUID) -> None:
    cookie = browsers.remember("", ada, EMAIL)
    account, browser, day, mac = cookie.split(".")
    forged = [
        "", "~", "...", "....", "~~~~~~", cookie[:-1], cookie + "A", cookie.upper(), cookie.swapcase(),
        f"{new_id().hex}.{browser}.{day}.{mac}", f"x.{browser}.{day}.{mac}", f"{account}.{'A' * 16}.{day}.{mac}",
        f"{account}.{browser}.{int(day, 16) + 1:x}.{mac}", f"{account}.{browser}.-1.{mac}",
        f"{account}.{browser}.zz.{mac}", f"{account}.{browser}.{day}.", f"{account}.{browser}.{day}",
        f"{cookie}.{cookie}", "\u00e4.\u00e4.\u00e4.\u00e4", "a.b.c.d~" * 50 + cookie,
    ]  # fmt: skip
    for value in forged:
        assert browsers.find(value, EMAIL) is None, value


def test_a_browser_that_several_people_use_knows_the_last_of_them(browsers: KnownBrowsers) -> None:
    cookie, people = "", [(new_id(), f"person-{number}@example.com") for number in range(MOST_ACCOUNTS + 2)]
    for account, email in people:
        cookie = browsers.remember(cookie, account, email)
    known = [email for _, email in people if browsers.find(cookie, email)]
    assert known == [email for _, email in people[-MOST_ACCOUNTS:]]
    assert len(cookie) <= LONGEST_VALUE
    again = browsers.remember(cookie, *people[-2])
    assert again.count("~") == MOST_ACCOUNTS - 1
    assert [email for _, email in people if browsers.find(again, email)] == known
