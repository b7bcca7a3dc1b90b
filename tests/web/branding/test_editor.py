from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from domain.branding.types import Look
from tests.web.branding.conftest import CHOICES, published

if TYPE_CHECKING:
    import asyncpg

    from core.context import Role
    from core.db import Database
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn

EDITOR = "/admin/branding"
CHOSEN_NEXT = Look(accent="#b3261e")


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("admin", 200), ("member", 403), ("guest", 403)])
async def test_the_editor_is_for_those_who_run_the_tenant(
    two_tenants: TwoTenants, sign_in: SignIn, role: Role, status: int
) -> None:
    visitor = await sign_in(two_tenants.acme, role)
    assert (await visitor.get(two_tenants.acme.url(EDITOR))).status == status


async def test_a_draft_is_kept_and_nobody_sees_it(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    admin, member = await sign_in(acme, "admin"), await sign_in(acme, "member")
    await admin.get(acme.url(EDITOR))

    saved = await admin.post(acme.url(f"{EDITOR}/draft"), CHOICES)

    page = (await admin.get(acme.url(EDITOR))).html
    assert saved.status == 303
    assert page.one("input", id="accent").attributes["value"] == "#0a7d5a"
    assert page.one("input", name="radius", value="14").attributes.get("checked") is not None
    assert "Draft, not published" in page.text
    assert (await member.get(acme.url("/"))).html.all("link", id="brand-sheet") == []
    other = await sign_in(two_tenants.globex, "admin")
    assert (await other.get(two_tenants.globex.url(EDITOR))).html.one("input", id="accent").attributes["value"] == ""


@pytest.mark.parametrize("typed", ["red", "#12345", "#0a7d5a;}body{display:none}", "url(//evil.example)"])
async def test_what_is_no_colour_is_refused_beside_its_field_and_kept_there(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection, typed: str
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await admin.get(acme.url(EDITOR))

    for path in ("draft", "publication", "trial"):
        answer = await admin.post(acme.url(f"{EDITOR}/{path}"), CHOICES | {"accent": typed})
        assert answer.status == 422
        assert "as #rrggbb" in answer.error_of("accent")
        assert answer.html.one("input", id="accent").attributes["value"] == typed.lower()
        assert answer.html.one("input", id="name").attributes["value"] == "North Pier"
    assert await owner_connection.fetchval("select count(*) from branding.drafts where tenant_id = $1", acme.id) == 0


@pytest.mark.parametrize(
    ("field", "value"), [("radius", "99"), ("font", "Papyrus"), ("theme", "nobodys"), ("tint", "7"), ("hue", "400")]
)
async def test_only_what_is_offered_is_taken(two_tenants: TwoTenants, sign_in: SignIn, field: str, value: str) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await admin.get(acme.url(EDITOR))
    assert (await admin.post(acme.url(f"{EDITOR}/draft"), CHOICES | {field: value})).status == 422


async def test_a_faint_colour_is_not_published_and_the_nearest_is_one_press_away(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await admin.get(acme.url(EDITOR))

    refused = await admin.post(acme.url(f"{EDITOR}/publication"), CHOICES | {"accent": "#ffe14d"})

    offer = refused.html.one("button", name="take-accent")
    assert refused.status == 422
    assert "it needs 3:1" in refused.error_of("accent")
    runs = "select count(*) from platform.runs where tenant_id = $1"
    assert await owner_connection.fetchval(runs, acme.id) == 0
    taken = CHOICES | {"accent": "#ffe14d", "take-accent": offer.attributes["value"]}
    assert (await admin.post(acme.url(f"{EDITOR}/draft"), taken)).status == 303
    page = (await admin.get(acme.url(EDITOR))).html
    assert page.one("input", id="accent").attributes["value"] == offer.attributes["value"]
    assert page.all("button", name="take-accent") == []


async def test_publishing_launches_one_run_with_what_was_sent(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await admin.get(acme.url(EDITOR))

    answer = await admin.post(acme.url(f"{EDITOR}/publication"), CHOICES)

    (run,) = await owner_connection.fetch("select * from platform.runs where tenant_id = $1", acme.id)
    assert (answer.status, run["contract"]) == (303, "branding.publish")
    look = json.loads(run["input"])["publication"]["look"]
    assert (look["accent"], look["radius"], look["font"], look["name"]) == ("#0a7d5a", 14, "classic", "North Pier")


async def test_the_preview_follows_the_choices_and_writes_nothing(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    htmx = {"HX_Request": "true", "HX_Request_Type": "partial"}

    answer = await admin.get(acme.url(f"{EDITOR}/preview?accent=%23ffe14d&name=Pier&radius=nonsense"), **htmx)
    sheet = await admin.get(acme.url(answer.html.one("span", id="brand-sheet-wanted").attributes["data-sheet"]))

    assert "Pier" in answer.text
    assert answer.html.all("button", name="take-accent")
    assert sheet.headers["content-type"].startswith("text/css")
    assert ".brand-preview{--accent:#ffe14d" in sheet.content.decode()
    assert ":root" not in sheet.content.decode()
    assert await owner_connection.fetchval("select count(*) from branding.drafts where tenant_id = $1", acme.id) == 0


async def test_only_the_browser_that_asked_wears_the_draft(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    admin, colleague = await sign_in(acme, "admin"), await sign_in(acme, "owner")
    await admin.get(acme.url(EDITOR))

    assert (await admin.post(acme.url(f"{EDITOR}/trial"), CHOICES)).status == 303

    page = await admin.get(acme.url("/"))
    link = page.html.one("link", id="brand-sheet").attributes["href"]
    assert "You see a draft" in page.text
    assert "North Pier" in page.text
    assert "#0a7d5a" in (await admin.get(acme.url(link))).content.decode()
    assert "You see a draft" in (await admin.get(acme.url("/nowhere"))).text
    assert "You see a draft" not in (await colleague.get(acme.url("/"))).text

    assert (await admin.post(acme.url(f"{EDITOR}/trial/removal"))).status == 303
    assert "You see a draft" not in (await admin.get(acme.url("/"))).text


async def test_the_cookie_of_the_draft_is_nothing_to_a_member(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    admin, member = await sign_in(acme, "admin"), await sign_in(acme, "member")
    await admin.get(acme.url(EDITOR))
    await admin.post(acme.url(f"{EDITOR}/draft"), CHOICES)
    member.cookies[acme.host]["__Host-adx_draft"] = "on"
    page = await member.get(acme.url("/"))
    assert (page.status, page.html.all("link", id="brand-sheet")) == (200, [])
    assert (await member.get(acme.url(f"{EDITOR}/draft.css"))).status == 403


async def test_a_draft_that_cannot_be_read_does_not_break_the_pages(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await admin.get(acme.url(EDITOR))
    await admin.post(acme.url(f"{EDITOR}/trial"), CHOICES)
    await owner_connection.execute(
        """update branding.drafts set look = '{"accent": "no colour"}' where tenant_id = $1""", acme.id
    )
    assert (await admin.get(acme.url("/"))).status == 200


async def test_going_back_and_off_again(two_tenants: TwoTenants, sign_in: SignIn, db: Database) -> None:
    acme = two_tenants.acme
    await published(db, acme)
    digest, number = await published(db, acme, CHOSEN_NEXT)
    admin = await sign_in(acme, "admin")
    page = (await admin.get(acme.url(EDITOR))).html
    assert (number, page.one("li", id="version-2").all("form")) == (2, [])

    assert (await admin.post(acme.url(f"{EDITOR}/versions/1/restoration"))).status == 303
    page = (await admin.get(acme.url(EDITOR))).html
    assert "Shown now" in page.one("li", id="version-1").text
    assert page.one("input", id="accent").attributes["value"] == "#0a7d5a"

    assert (await admin.post(acme.url(f"{EDITOR}/removal"))).status == 303
    assert "Shown now" not in (await admin.get(acme.url(EDITOR))).html.one("li", id="version-1").text
    assert (await admin.get(acme.url(f"/brand/{digest}/brand.css"))).status == 200
    for path in ("versions/3/restoration", "versions/0/restoration"):
        assert (await admin.post(acme.url(f"{EDITOR}/{path}"))).status == 404


async def test_another_tenants_version_is_not_there(two_tenants: TwoTenants, sign_in: SignIn, db: Database) -> None:
    await published(db, two_tenants.globex)
    admin = await sign_in(two_tenants.acme, "admin")
    await admin.get(two_tenants.acme.url(EDITOR))
    assert (await admin.post(two_tenants.acme.url(f"{EDITOR}/versions/1/restoration"))).status == 404
