"""The frame of every page: what it offers to whom, and its error pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Element, Visitor
    from tests.support.web_fixtures import SignIn

HTMX = {"HX_Request": "true", "HX_Request_Type": "partial"}
BOOSTED = {"HX_Request": "true", "HX_Request_Type": "full", "HX_Boosted": "true"}


async def test_the_switcher_lists_the_readers_workspaces_alone(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    member = await sign_in(acme, "member")
    page = (await member.get(acme.url("/"))).html
    waiting = page.one("details", class_="menu switcher").one("div", class_="slot")
    assert waiting.attributes["hx-trigger"] == "intersect once", "the list is loaded before anybody looks at it"
    part = await member.get(acme.url(waiting.attributes["hx-get"]), **HTMX)
    here = part.html.one("a", class_="menu__item")
    assert here.attributes["aria-current"] == "true"
    assert acme.facts.name in here.text
    assert globex.facts.name not in part.text


async def test_what_no_feature_offers_is_left_out(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    page = (await (await sign_in(two_tenants.acme, "member")).get(two_tenants.acme.url("/files"))).html
    names = {slot.attributes["data-slot"] for slot in page.all("div", class_="slot")}
    assert names <= {"tenants.switcher"}


async def test_every_shortcut_leads_somewhere_and_means_one_thing(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    visitor = await sign_in(two_tenants.acme, "owner")
    for path in ("/", "/files"):
        page = (await visitor.get(two_tenants.acme.url(path))).html
        declared = [each for each in page.all() if "data-shortcut" in each.attributes]
        keys = [each.attributes["data-shortcut"] for each in declared]
        assert {"g h", "g f", "g r", "g p", "/"} <= set(keys)
        assert len(keys) == len(set(keys)), "two things answer to the same keys"
        for link in declared:
            if link.tag == "a":
                assert (await visitor.get(two_tenants.acme.url(link.attributes["href"]))).status == 200


@pytest.mark.parametrize(("path", "status"), [("/nothing/here", 404), ("/admin/nothing", 404)])
async def test_an_address_without_a_page_is_told_in_the_tenants_frame(
    sign_in: SignIn, two_tenants: TwoTenants, path: str, status: int
) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    visitor.language = "de"
    answer = await visitor.get(acme.url(path))
    assert answer.status == status
    assert answer.html.one("html").attributes["lang"] == "de"
    assert acme.facts.name in answer.html.one("header").text
    assert answer.html.one("main").attributes["id"] == "main"


async def test_a_refused_form_leaves_the_page_as_it_is(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    answer = await visitor.post(acme.url("/files/00000000-0000-0000-0000-000000000000/removal"), None, **BOOSTED)
    assert answer.status in {403, 404}
    assert answer.html.one("hx-partial").attributes["hx-target"] == "#toasts"
    assert answer.headers["hx-push-url"] == "false"
    plain = await visitor.post(acme.url("/files/00000000-0000-0000-0000-000000000000/removal"))
    assert plain.html.one("main").attributes["id"] == "main"


async def test_who_was_signed_out_while_typing_comes_back_to_the_form(web: Visitor, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    here = {"HX_Current_URL": acme.url("/preferences")}
    answer = await web.post(acme.url("/files/00000000-0000-0000-0000-000000000000/removal"), None, **HTMX, **here)
    assert answer.status == 401
    assert answer.headers["hx-redirect"].endswith("next=/preferences")
    elsewhere = {"HX_Current_URL": "http://elsewhere.example/steal"}
    answer = await web.post(acme.url("/files/00000000-0000-0000-0000-000000000000/removal"), None, **HTMX, **elsewhere)
    assert answer.headers["hx-redirect"].endswith("next=/")


async def test_the_dashboard_reads_its_workflows_again_by_itself(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    part: Element = (await visitor.get(acme.url("/"))).html.one(id="runs-now")
    assert part.attributes["hx-trigger"] == "runs:changed from:body"
    alone = await visitor.get(acme.url(part.attributes["hx-get"]), **HTMX)
    assert alone.html.all(id="runs-now")
    assert not alone.html.all("main")


async def test_a_page_tells_whose_it_is_without_saying_who(
    sign_in: SignIn, web: Visitor, two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    marks = [
        _mark_of((await (await sign_in(acme, role)).get(acme.url("/"))).html) for role in ("owner", "owner", "member")
    ]
    assert marks[0]
    assert marks[0] == marks[1], "another session of the same person"
    assert marks[0] != marks[2]
    assert acme.people["owner"].id.hex not in marks[0].replace("-", "")
    assert _mark_of((await web.get("/")).html) is None


def _mark_of(page: Element) -> str | None:
    return page.one("html").attributes.get("data-person")
