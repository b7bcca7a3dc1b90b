"""What counts of what a device, a person, a tenant and a browser want."""

from __future__ import annotations

from typing import Any

import pytest

from core.context import TenantFacts
from core.identity import Look, Offers, Shown, choose
from core.ids import new_id

OFFERS = Offers(lambda: ("en", "de", "ja"), lambda: ("adx", "paper", "contrast"))
NOTHING = Look()


def shown(device: Look = NOTHING, person: Look = NOTHING, **tenant: Any) -> Shown:
    facts = TenantFacts(new_id(), "acme", "Acme", **tenant)
    return choose(device, person, facts, lambda: "fr", OFFERS)


def test_with_nothing_chosen_the_browser_is_asked() -> None:
    assert shown() == Shown("fr", "UTC", "system", "adx")


def test_a_tenant_that_chose_wins_over_the_browser() -> None:
    assert shown(locale="de", timezone="Europe/Berlin", theme="paper") == Shown(
        "de", "Europe/Berlin", "system", "paper"
    )


def test_a_person_wins_over_the_tenant() -> None:
    person = Look("ja", "Asia/Tokyo", "dark", "contrast")
    assert shown(person=person, locale="de", timezone="Europe/Berlin", theme="paper") == Shown(
        "ja", "Asia/Tokyo", "dark", "contrast"
    )


def test_a_device_wins_over_the_person() -> None:
    person = Look("ja", "Asia/Tokyo", "dark", "contrast")
    assert shown(Look("de", "Europe/Paris", "system", "adx"), person) == Shown("de", "Europe/Paris", "system", "adx")


def test_each_choice_counts_by_itself() -> None:
    assert shown(Look(colour_scheme="light"), Look(locale="de"), theme="paper") == Shown("de", "UTC", "light", "paper")


@pytest.mark.parametrize("device", [Look("tlh", "Mars/Olympus", "sepia", "nobody"), Look("../en", "", "", "<b>")])
def test_what_is_not_there_was_not_chosen(device: Look) -> None:
    assert shown(device, Look("ja", "Asia/Tokyo", "dark", "paper")) == Shown("ja", "Asia/Tokyo", "dark", "paper")


def test_a_cookie_says_the_same_when_it_is_read_back() -> None:
    look = Look("de", "Europe/Berlin", None, "paper")
    assert Look.from_cookie(look.to_cookie()) == look
    assert NOTHING.to_cookie() == ""


@pytest.mark.parametrize("value", [None, "", "&&&", "=", "%%%", "locale", "__class__=x", "locale=" + "x" * 5000])
def test_a_broken_cookie_chooses_nothing_that_counts(value: str | None) -> None:
    assert shown(Look.from_cookie(value)) == Shown("fr", "UTC", "system", "adx")
