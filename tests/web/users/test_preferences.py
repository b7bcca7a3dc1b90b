"""How things are shown: chosen by the person, on one device, or by whoever looks in; never for anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID
from core.identity import Sessions
from web.kit.security import DEVICE_COOKIE, SESSION_COOKIE

if TYPE_CHECKING:
    from core.db import Database
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Answer, Visitor
    from tests.support.web_fixtures import SignIn


async def choose(visitor: Visitor, base: str, section: str, **fields: str) -> Answer:
    await visitor.get(f"{base}/preferences")
    return await visitor.post(f"{base}/preferences/{section}", {"next": "/preferences", **fields})


def shown(answer: Answer) -> tuple[str, str, str, str]:
    page = answer.html.one("html").attributes
    return page["lang"], page["dir"], page["data-colour-scheme"], page["data-theme"]


async def test_a_choice_counts_at_the_next_byte_and_for_nobody_else(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    member, admin = await sign_in(acme, "member"), await sign_in(acme, "admin")
    for section, field in (
        ("language", {"locale": "de"}),
        ("colour-scheme", {"colour_scheme": "dark"}),
        ("theme", {"theme": "paper"}),
        ("timezone", {"timezone": "Asia/Tokyo"}),
    ):
        answer = await choose(member, acme.url("").rstrip("/"), section, **field)
        assert (answer.status, answer.location) == (303, f"/preferences?saved={section}#{section}")

    page = await member.get(acme.url("/preferences"))
    assert shown(page) == ("de", "ltr", "dark", "paper")
    assert page.html.one("meta", name="color-scheme").attributes["content"] == "dark"
    sheets = [link.attributes["href"] for link in page.html.all("link", rel="stylesheet")]
    assert any(sheet.endswith("/themes/paper/theme.css") for sheet in sheets)
    assert [option.attributes["value"] for option in page.html.all("option") if "selected" in option.attributes] == [
        "Asia/Tokyo"
    ]
    assert shown(await admin.get(acme.url("/preferences"))) == ("en", "ltr", "system", "adx")


async def test_what_is_saved_is_said(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    member = await sign_in(two_tenants.acme, "member")
    page = await member.get(two_tenants.acme.url("/preferences?saved=theme"))
    assert "Saved" in page.html.one("section", id="theme").text
    assert "Saved" not in page.html.one("section", id="language").text


async def test_a_device_may_differ_and_follow_again(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    base = acme.url("").rstrip("/")
    here = await sign_in(acme, "member")
    there = await sign_in(acme, "member")
    await choose(here, base, "colour-scheme", colour_scheme="light")
    await choose(here, base, "colour-scheme", colour_scheme="dark", only_here="1")
    assert shown(await here.get(f"{base}/preferences"))[2] == "dark"
    assert shown(await there.get(f"{base}/preferences"))[2] == "light"

    await choose(here, base, "colour-scheme", colour_scheme="light")
    assert shown(await here.get(f"{base}/preferences"))[2] == "light"
    assert not here.cookies[acme.host].get(DEVICE_COOKIE)


async def test_the_same_person_is_shown_the_same_at_every_door(
    two_tenants: TwoTenants, sign_in: SignIn, db: Database
) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    person = acme.people["member"]
    token = await Sessions(db).open(
        tenant_id=HOME_TENANT_ID, person=person, level="full", user_agent="test", address=member.address
    )
    member.cookies["localhost:8000"] = {SESSION_COOKIE: token}
    await choose(member, acme.url("").rstrip("/"), "language", locale="fr")
    assert shown(await member.get(acme.url("/preferences")))[:2] == ("fr", "ltr")
    assert shown(await member.get("http://localhost:8000/preferences"))[:2] == ("fr", "ltr")


async def test_a_stranger_chooses_for_this_device(web: Visitor) -> None:
    await web.get("/login")
    answer = await web.post(
        "/preferences/language", {"locale": "fr"}, Referer="http://localhost:8000/login?tenant=acme"
    )
    assert (answer.status, answer.location) == (303, "/login?tenant=acme")
    await web.post("/preferences/colour-scheme", {"colour_scheme": "dark"}, Referer="http://localhost:8000/login")
    assert shown(await web.get("/login"))[:3] == ("fr", "ltr", "dark")
    assert shown(await web.get("/nowhere"))[:3] == ("fr", "ltr", "dark")


@pytest.mark.parametrize("referer", ["https://evil.example/x", "http://localhost:8000//evil.example", ""])
async def test_the_way_back_is_never_another_site(web: Visitor, referer: str) -> None:
    await web.get("/login")
    answer = await web.post("/preferences/language", {"locale": "fr"}, Referer=referer)
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("language", {"locale": "tlh"}),
        ("language", {"locale": "../../etc/passwd"}),
        ("colour-scheme", {"colour_scheme": "sepia"}),
        ("timezone", {"timezone": "Mars/Olympus"}),
        ("timezone", {"timezone": "x" * 5000}),
        ("theme", {"theme": "nobody"}),
        ("theme", {"theme": "<script>"}),
    ],
)
async def test_what_is_not_offered_is_refused(
    two_tenants: TwoTenants, sign_in: SignIn, section: str, fields: dict[str, str]
) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    for only_here in ({}, {"only_here": "1"}):
        answer = await choose(member, acme.url("").rstrip("/"), section, **fields, **only_here)
        assert answer.status == 422
    assert shown(await member.get(acme.url("/preferences"))) == ("en", "ltr", "system", "adx")


async def test_a_made_up_cookie_changes_nothing(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    member.cookies[acme.host][DEVICE_COOKIE] = "theme=nobody&locale=xx&colour_scheme=%22%3E&timezone=../x"
    answer = await member.get(acme.url("/preferences"))
    assert (answer.status, shown(answer)) == (200, ("en", "ltr", "system", "adx"))


async def test_a_strangers_theme_needs_a_session(web: Visitor) -> None:
    await web.get("/login")
    assert (await web.post("/preferences/theme", {"theme": "paper"})).status in {303, 401}
    assert shown(await web.get("/login"))[3] == "adx"


async def test_a_forged_choice_is_refused(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    await member.get(acme.url("/preferences"))
    answer = await member.post(acme.url("/preferences/language"), {"locale": "de"}, Origin="https://evil.example")
    assert answer.status == 403
    assert shown(await member.get(acme.url("/preferences")))[0] == "en"
