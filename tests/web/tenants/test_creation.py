from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.product import Product
    from tests.support.visitor import Answer, Visitor


async def _create(visitor: Visitor, name: str, slug: str) -> Answer:
    await visitor.get("/tenants/new")
    return await visitor.post("/tenants", {"name": name, "slug": slug})


async def _until_done(visitor: Visitor, run: str) -> Answer:
    async with asyncio.timeout(15):
        while True:
            page = await visitor.get(run)
            if page.html.all("article")[0].attributes["data-state"] == "done":
                return page
            await asyncio.sleep(0.05)


async def test_a_tenant_is_built_step_by_step_and_entered(product: Product) -> None:
    visitor = await product.with_account("founder@tenants.example")
    assert (await visitor.get("/tenants")).location == "/tenants/new"

    launched = await _create(visitor, "Analytical Engines", "engines")
    assert launched.status == 303
    page = await _until_done(visitor, launched.location)
    steps = [step.attributes["data-state"] for step in page.html.all("ol")[0].all("li")]
    assert steps == ["done"] * 7

    chosen = await visitor.get("/tenants")
    assert "Analytical Engines Owner engines.localhost:8000" in chosen.html.one("li").text
    marking = await visitor.post("/tenants/engines/entry")
    assert marking.location.startswith(visitor.tenant("engines", "/enter?next="))
    entered = await visitor.get((await visitor.get(marking.location)).location)
    assert entered.location.startswith(visitor.tenant("engines", "/enter?code="))
    assert (await visitor.get(entered.location)).location == "/"
    people = await visitor.get(visitor.tenant("engines", "/members"))
    (row,) = people.html.one("tbody").all("tr")
    assert [cell.text for cell in row.all("td")] == ["AL Ada Lovelace You", "founder@tenants.example", "Owner"]

    mail = await product.bench.mailbox.wait_for("founder@tenants.example", subject="is ready")
    assert "http://engines.localhost:8000/" in mail.text


async def test_the_code_opens_one_door_once(product: Product) -> None:
    visitor = await product.with_account("codes@tenants.example")
    for slug in ("codes-one", "codes-two"):
        await _until_done(visitor, (await _create(visitor, slug, slug)).location)

    code = (await visitor.handover("codes-one")).partition("code=")[2].partition("&")[0]
    thief = product.visitor()
    assert (await thief.get(thief.tenant("codes-two", f"/enter?code={code}"))).status == 404
    # Shown at the wrong door, it is still good at the right one, but only once.
    assert (await visitor.get(visitor.tenant("codes-one", f"/enter?code={code}"))).status == 303
    assert (await thief.get(thief.tenant("codes-one", f"/enter?code={code}"))).status == 404
    assert (await thief.get(thief.tenant("codes-one", "/enter?code="))).status == 404
    assert (await thief.get(thief.tenant("codes-one", "/members"))).location.startswith("http://localhost:8000/login")


async def test_a_stranger_cannot_tell_a_foreign_tenant_from_none(product: Product) -> None:
    founder = await product.with_account("mine@tenants.example")
    await _until_done(founder, (await _create(founder, "Mine", "mine-alone")).location)
    stranger = await product.with_account("stranger@tenants.example")
    await stranger.get("/tenants/new")

    foreign = await stranger.post("/tenants/mine-alone/entry")
    unknown = await stranger.post("/tenants/nobody-at-all/entry")

    assert (foreign.status, unknown.status) == (404, 404)
    assert foreign.heading == unknown.heading
    assert (await stranger.post("/tenants/home/entry")).status == 404


async def test_logging_out_of_a_tenant_logs_out_everywhere(product: Product) -> None:
    visitor = await product.with_account("leaver@tenants.example")
    await _until_done(visitor, (await _create(visitor, "Leaving", "leaving")).location)
    await visitor.get(await visitor.handover("leaving"))
    home = visitor.cookies["localhost:8000"].copy()
    await visitor.get(visitor.tenant("leaving", "/members"))

    assert (await visitor.post(visitor.tenant("leaving", "/logout"))).status == 303

    visitor.cookies["localhost:8000"] = home
    assert (await visitor.get("/tenants")).location.startswith("/login")
    assert (await visitor.get(visitor.tenant("leaving", "/members"))).status == 303


async def test_a_taken_address_is_refused_with_one_that_is_free(product: Product) -> None:
    first = await product.with_account("first@tenants.example")
    await _until_done(first, (await _create(first, "Popular", "popular")).location)
    second = await product.with_account("second@tenants.example")

    refused = await _create(second, "Popular too", "popular")

    assert refused.status == 409
    assert refused.error_of("slug") == "The address popular is taken. popular-team is free."
    assert refused.html.one("input", id="name").attributes["value"] == "Popular too"
    assert (await _create(second, "Popular too", "popular-team")).status == 303


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("", "Choose an address."),
        ("ab", "Use at least 3 characters."),
        ("a" * 41, "Use at most 40 characters."),
        ("-acme", "Use lower-case letters, digits and single hyphens. Begin with a letter."),
        ("acme--x", "Use lower-case letters, digits and single hyphens. Begin with a letter."),
        ("acme.evil", "Use lower-case letters, digits and single hyphens. Begin with a letter."),
        ("api", "This address is reserved for the platform. Choose another one."),
        ("home", "This address is reserved for the platform. Choose another one."),
    ],
)
async def test_what_cannot_be_an_address_is_told_beside_it(product: Product, slug: str, error: str) -> None:
    visitor = await _somebody(product)
    answer = await _create(visitor, "Acme", slug)
    assert (answer.status, answer.error_of("slug")) == (422, error)


_known: list[Visitor] = []


async def _somebody(product: Product) -> Visitor:
    if not _known:
        _known.append(await product.with_account("somebody@tenants.example"))
    return _known[0]


async def test_an_address_is_suggested_until_one_is_typed(product: Product) -> None:
    visitor = await _somebody(product)

    suggested = await visitor.get("/tenants/new/slug?name=M%C3%BCller+%26+S%C3%B6hne&slug=&suggested=")
    assert suggested.html.one("input", name="slug").attributes["value"] == "mueller-soehne"
    assert suggested.html.one("p", role="status").text == "mueller-soehne is free."

    follows = await visitor.get("/tenants/new/slug?name=Meier&slug=mueller-soehne&suggested=mueller-soehne")
    assert follows.html.one("input", name="slug").attributes["value"] == "meier"
    typed = await visitor.get("/tenants/new/slug?name=Meier&slug=my-own&suggested=mueller-soehne")
    assert typed.html.one("input", name="slug").attributes["value"] == "my-own"


async def test_nobody_builds_tenants_without_an_account(product: Product) -> None:
    visitor = product.visitor()
    await visitor.get("/login")
    for answer in (await visitor.get("/tenants/new"), await visitor.post("/tenants", {"name": "X", "slug": "xyz"})):
        assert answer.location.startswith("/login")
    pending = await product.registered("pending@tenants.example")
    await pending.get("/register/check-mail")
    assert (await pending.post("/tenants", {"name": "X", "slug": "xyz"})).status == 403
    assert await product.bench.owner.fetchval("select count(*) from tenants.slugs where slug = 'xyz'") == 0
