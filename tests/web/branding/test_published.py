from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.branding.conftest import GREEN, png, published

if TYPE_CHECKING:
    import asyncpg

    from core.db import Database
    from core.storage import Storage
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import SignIn


def forget(application: Application) -> None:
    assert application.app is not None
    application.app.kit.services.identity.forget()


async def test_sheet_and_pictures_are_open_and_kept_for_ever(
    two_tenants: TwoTenants, web: Visitor, db: Database, storage: Storage
) -> None:
    acme = two_tenants.acme
    digest, _ = await published(db, acme, storage=storage)

    sheet = await web.get(acme.url(f"/brand/{digest}/brand.css"))
    logo = await web.get(acme.url(f"/brand/{digest}/logo.png"))

    assert "--accent:#0a7d5a" in sheet.content.decode()
    assert logo.content == png()
    for answer in (sheet, logo):
        assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert logo.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_another_tenants_brand_answers_like_one_that_never_was(
    two_tenants: TwoTenants, web: Visitor, db: Database, storage: Storage
) -> None:
    digest, _ = await published(db, two_tenants.globex, storage=storage)
    for name in ("brand.css", "logo.png"):
        assert (await web.get(two_tenants.globex.url(f"/brand/{digest}/{name}"))).status == 200
        foreign = await web.get(two_tenants.acme.url(f"/brand/{digest}/{name}"))
        random = await web.get(two_tenants.acme.url(f"/brand/{'0' * 24}/{name}"))
        assert (foreign.status, foreign.text) == (random.status, random.text) == (404, random.text)
    assert (await web.get(two_tenants.globex.url(f"/brand/{digest}/original"))).status == 404


async def test_pages_and_error_pages_wear_the_brand_of_their_own_tenant(  # noqa: PLR0917
    two_tenants: TwoTenants, sign_in: SignIn, web: Visitor, db: Database, storage: Storage, application: Application
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    digest, _ = await published(db, acme, storage=storage)
    forget(application)
    member, other = await sign_in(acme, "member"), await sign_in(globex, "member")

    for answer in (await member.get(acme.url("/")), await web.get(acme.url("/nowhere"))):
        assert answer.html.one("link", id="brand-sheet").attributes["href"] == f"/brand/{digest}/brand.css"
        (logo, *_) = [image for image in answer.html.all("img") if "logo.png" in image.attributes["src"]]
        assert logo.attributes["alt"] == GREEN.name
        assert GREEN.name in answer.html.one("title").text
    assert (await other.get(globex.url("/"))).html.all("link", id="brand-sheet") == []
    assert (await web.get("/")).html.all("link", id="brand-sheet") == []


async def test_a_broken_row_falls_back_to_the_theme(
    two_tenants: TwoTenants,
    sign_in: SignIn,
    db: Database,
    owner_connection: asyncpg.Connection,
    application: Application,
) -> None:
    acme = two_tenants.acme
    await published(db, acme)
    member = await sign_in(acme, "member")
    for broken in ('{"name": 3}', "[]", '"x"', '{"icons": true, "name": "", "theme": null, "logo": "x"}'):
        await owner_connection.execute("update platform.brands set facts = $2 where tenant_id = $1", acme.id, broken)
        forget(application)
        answer = await member.get(acme.url("/"))
        assert (answer.status, answer.html.all("link", id="brand-sheet")) == (200, [])


async def test_the_theme_of_the_brand_is_that_of_the_pages(
    two_tenants: TwoTenants, sign_in: SignIn, db: Database, application: Application
) -> None:
    acme = two_tenants.acme
    await published(db, acme, type(GREEN)(theme="paper"))
    forget(application)
    page = await (await sign_in(acme, "member")).get(acme.url("/"))
    assert any("themes/paper/" in link.attributes["href"] for link in page.html.all("link", rel="stylesheet"))


async def test_a_theme_of_high_contrast_keeps_its_own_colours(
    two_tenants: TwoTenants, sign_in: SignIn, db: Database, application: Application
) -> None:
    acme = two_tenants.acme
    await published(db, acme, type(GREEN)(theme="contrast", accent="#0a7d5a"))
    forget(application)
    page = await (await sign_in(acme, "member")).get(acme.url("/"))
    assert page.html.all("link", id="brand-sheet") == []
