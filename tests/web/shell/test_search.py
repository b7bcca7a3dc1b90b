"""Search over all features: what is found, by whom, and what happens when a part does not answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from core.messages import messages_of
from web.kit.searching import PROVIDERS, Hit, Provider, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import asyncpg

    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Answer, Visitor
    from tests.support.web_fixtures import SignIn

N_ = messages_of("shell")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with other work to do may be slow; what hangs in these tests hangs for longer."""
    monkeypatch.setattr("web.kit.searching.DEADLINE", 5)


async def ask(visitor: Visitor, tenant: TestTenant, text: str) -> Answer:
    """Ask as the palette does."""
    url = tenant.url(f"/search?q={text}")
    return await visitor.get(url, HX_Request="true", HX_Request_Type="partial")


def titles(answer: Answer) -> list[str]:
    return [hit.one("span", class_="hit__title truncate").text for hit in answer.html.all("a", class_="hit")]


async def add_file(connection: asyncpg.Connection, tenant: TestTenant, name: str) -> None:
    await connection.execute(
        "insert into files.files (tenant_id, id, name, declared_type, size, charge, state, uploader_id)"
        " values ($1, $2, $3, 'text/plain', 1, 'used', 'ready', $4)",
        *(tenant.id, new_id(), name, tenant.people["owner"].id),
    )


async def test_files_and_people_of_ones_own_tenant_are_found(
    sign_in: SignIn, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    for tenant in (acme, globex):
        await add_file(owner_connection, tenant, f"Sommerfest {tenant.slug}.txt")
    member = await sign_in(acme, "member")
    found = await ask(member, acme, "sommerf")
    assert titles(found) == [f"Sommerfest {acme.slug}.txt"]
    person = acme.people["admin"]
    assert person.name in titles(await ask(member, acme, person.email[:12]))
    assert globex.people["admin"].name not in titles(await ask(member, acme, globex.people["admin"].email))


async def test_a_guest_finds_no_people(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    guest = await sign_in(two_tenants.acme, "guest")
    assert not titles(await ask(guest, two_tenants.acme, two_tenants.acme.people["admin"].email))


async def test_signs_of_patterns_are_taken_literally(
    sign_in: SignIn, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    for name in ("100%_sure.txt", "1000 sure.txt", r"back\slash.txt"):
        await add_file(owner_connection, acme, name)
    member = await sign_in(acme, "member")
    assert titles(await ask(member, acme, "100%25_")) == ["100%_sure.txt"]
    assert titles(await ask(member, acme, "k%5Cs")) == [r"back\slash.txt"]
    assert not titles(await ask(member, acme, "%25%25%25"))


async def test_pages_are_found_in_the_readers_language_and_markup_is_not_taken_for_markup(
    sign_in: SignIn, two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    member.language = "de"
    assert "Dateien" in titles(await ask(member, acme, "datei"))
    nothing = await ask(member, acme, "<b>x</b>%00" + "y" * 300)
    assert nothing.status == 200
    assert not nothing.html.all("b")
    assert not titles(nothing)


async def test_only_admins_are_led_to_what_admins_may_do(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    assert "Workspace settings" in titles(await ask(await sign_in(acme, "admin"), acme, "work"))
    assert "Workspace settings" not in titles(await ask(await sign_in(acme, "member"), acme, "work"))


async def test_the_palettes_list_can_be_read_by_those_who_do_not_see_it(
    sign_in: SignIn, two_tenants: TwoTenants
) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    found = (await ask(member, acme, "")).html
    options = found.all("a", class_="hit")
    assert {option.attributes["role"] for option in options} == {"option"}
    assert len({option.attributes["id"] for option in options}) == len(options)
    for group in found.all("div", class_="found"):
        assert found.one(id=group.attributes["aria-labelledby"]).text
    page = (await member.get(acme.url("/"))).html
    box = page.one("input", id="palette-input").attributes
    assert box["role"] == "combobox"
    assert page.one(id=box["aria-controls"]).attributes["role"] == "listbox"


async def test_without_scripts_search_is_a_page(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    page = await member.get(acme.url("/search?q=files"))
    assert page.heading == "Search"
    assert page.html.one("input", id="search-input").attributes["value"] == "files"
    assert "/files" in [link.attributes["href"] for link in page.html.one("main").all("a")]
    assert page.html.one("a", class_="search-open").attributes["href"] == "/search"


@pytest.fixture
def troubled() -> Iterator[None]:
    async def raises(_: Query) -> Sequence[Hit]:
        raise ZeroDivisionError

    async def hangs(_: Query) -> Sequence[Hit]:
        await asyncio.sleep(60)
        return []

    for name, find in (("shell.raises", raises), ("shell.hangs", hangs)):
        PROVIDERS[name] = Provider(name, N_("Files"), find, "signed_in", 1, empty=False)
    yield
    del PROVIDERS["shell.raises"], PROVIDERS["shell.hangs"]


@pytest.mark.usefixtures("troubled")
async def test_one_that_fails_or_hangs_does_not_hold_the_others(sign_in: SignIn, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    began = asyncio.get_running_loop().time()
    found = await ask(member, acme, "workflows")
    assert asyncio.get_running_loop().time() - began < 30
    assert found.status == 200
    assert "Workflows" in titles(found)
    groups = {group.attributes["aria-labelledby"]: group for group in found.html.all("div", class_="found")}
    failed = {name for name, group in groups.items() if group.all("p", class_="found__failed")}
    assert failed == {"found-shell-raises", "found-shell-hangs"}


def test_a_query_matches_the_beginnings_of_words() -> None:
    assert Query("sum fe").matches("Summer festival")
    assert not Query("est").matches("Summer festival")
