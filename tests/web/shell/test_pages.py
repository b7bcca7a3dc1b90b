"""The front door and the first page of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.context import Role
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Element, Visitor
    from tests.support.web_fixtures import SignIn


async def test_a_stranger_is_welcomed_and_shown_the_way_in(web: Visitor) -> None:
    page = (await web.get("/")).html
    assert page.one("h1").text == "Every step, in plain sight."
    links = {link.attributes["href"] for link in page.one("main").all("a")}
    assert links == {"/register", "/login"}


async def test_the_browsers_language_is_spoken(web: Visitor) -> None:
    web.language = "de-AT,de;q=0.8,en;q=0.5"
    page = (await web.get("/")).html
    assert page.one("html").attributes["lang"] == "de"
    assert "Konto anlegen" in page.text


async def test_a_language_that_is_not_there_is_english(web: Visitor) -> None:
    web.language = "xx-YY, nonsense;q=abc"
    assert (await web.get("/")).html.one("html").attributes["lang"] == "en"


@pytest.mark.parametrize("role", ["owner", "admin", "member", "guest"])
async def test_the_dashboard_greets_and_shows_the_first_steps(
    sign_in: SignIn, two_tenants: TwoTenants, role: Role
) -> None:
    visitor = await sign_in(two_tenants.acme, role)
    answer = await visitor.get(two_tenants.acme.url("/"))
    assert answer.status == 200
    assert answer.heading.startswith("Good ")
    assert "Upload a first file and watch it being prepared" in answer.text
    brand = answer.html.one("header", class_="side").one("summary", class_="brand")
    assert brand.text.endswith(two_tenants.acme.facts.name)


async def test_the_navigation_says_where_one_is_and_leads_only_where_one_may_go(
    sign_in: SignIn, two_tenants: TwoTenants
) -> None:
    member = await sign_in(two_tenants.acme, "member")
    links = _navigation((await member.get(two_tenants.acme.url("/runs"))).html)
    assert links == {"/": False, "/files": False, "/runs": True, "/members": False}
    guest = await sign_in(two_tenants.acme, "guest")
    links = _navigation((await guest.get(two_tenants.acme.url("/"))).html)
    assert links == {"/": True, "/files": False, "/runs": False}


def _navigation(page: Element) -> dict[str, bool]:
    links = page.one("nav", class_="nav").all("a")
    return {link.attributes["href"]: link.attributes.get("aria-current") == "page" for link in links}


async def test_nobody_gets_in_without_a_session(web: Visitor, two_tenants: TwoTenants) -> None:
    answer = await web.get(two_tenants.acme.url("/"))
    assert answer.status == 303
    assert "/login" in answer.location


async def test_a_session_of_another_tenant_does_not_open_this_one(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    visitor = await sign_in(two_tenants.globex, "owner")
    visitor.cookies[two_tenants.acme.host] = visitor.cookies[two_tenants.globex.host]
    assert (await visitor.get(two_tenants.acme.url("/"))).status == 303


async def test_no_page_has_inline_script_or_style(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    visitor = await sign_in(two_tenants.acme, "owner")
    for path in ("/", "/files", "/runs", "/members", "/patterns"):
        page = (await visitor.get(two_tenants.acme.url(path))).html
        for element in page.all():
            assert element.tag != "style", path
            assert element.tag != "script" or element.attributes.get("src"), path
            inline = [name for name in element.attributes if name == "style" or name.startswith(("on", "hx-on"))]
            assert not inline, (path, element.tag, inline)


@pytest.mark.parametrize(
    ("address", "language", "direction"),
    [
        ("/patterns", "en", "ltr"),
        ("/patterns?lang=ar", "ar", "rtl"),
        ("/patterns?dir=rtl", "en", "rtl"),
        ("/patterns?lang=ar&dir=ltr", "ar", "ltr"),
        ("/patterns?dir=sideways", "en", "ltr"),
    ],
)
async def test_the_pattern_page_can_be_turned_round(web: Visitor, address: str, language: str, direction: str) -> None:
    root = (await web.get(address)).html.one("html")
    assert (root.attributes["lang"], root.attributes["dir"]) == (language, direction)


async def test_the_pattern_page_shows_a_run_in_every_state(web: Visitor) -> None:
    cards = (await web.get("/patterns")).html.all("article", class_="run")
    states = {card.attributes["data-state"] for card in cards}
    assert states == {
        "queued",
        "launching",
        "running",
        "waiting",
        "needs_you",
        "undoing",
        "stuck",
        "done",
        "cancelled",
        "failed",
    }
    parked = next(card for card in cards if card.attributes["data-state"] == "needs_you")
    assert [button.text for button in parked.all("button")] == ["Continue", "Cancel and undo"]
    assert "2 finished steps are kept and will not be repeated." in parked.text
    for card in cards:
        inner_words = ("traceback", "exception", "files.ingest", card.attributes["id"].removeprefix("run-"))
        assert not [word for word in inner_words if word in card.text.lower()]


async def test_every_symbol_that_a_page_uses_is_on_the_sheet(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    visitor = await sign_in(two_tenants.acme, "owner")
    pages = [(await visitor.get(two_tenants.acme.url(path))).html for path in ("/", "/files", "/runs", "/patterns")]
    used = {use.attributes["href"] for page in pages for use in page.all("use")}
    sheet = (await visitor.get(two_tenants.acme.url(next(iter(used)).partition("#")[0]))).html
    known = {symbol.attributes["id"] for symbol in sheet.all("symbol")}
    assert {address.partition("#")[2] for address in used} <= known
