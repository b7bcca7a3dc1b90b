"""A tenant's own wording: who may change it, what is refused, and that nobody else reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.i18n.marks import key_of
from tests.web.translations.conftest import reword, text_path

if TYPE_CHECKING:
    import asyncpg

    from core.context import Role
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Answer
    from tests.web.translations.conftest import Inside


def navigation(answer: Answer) -> list[str]:
    return [link.text for link in answer.html.one("nav", data_nav="").all("a")]


async def test_what_an_admin_saves_is_read_by_everybody_in_the_tenant_and_by_nobody_else(
    two_tenants: TwoTenants, inside: Inside
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    admin, member, stranger = await inside(acme), await inside(acme, "member"), await inside(globex)

    answer = await reword(admin, acme, "files", "Files", "Papers & more")

    assert answer.status == 303
    assert "Papers & more" in navigation(await admin.get(acme.url("/")))
    assert "Papers & more" in navigation(await member.get(acme.url("/members")))
    assert "Files" in navigation(await stranger.get(globex.url("/")))
    german = await inside(acme, "guest", language="de")
    assert "Dateien" in navigation(await german.get(acme.url("/")))


async def test_the_products_text_and_every_version_can_be_brought_back(
    two_tenants: TwoTenants, inside: Inside, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    await reword(admin, acme, "files", "Files", "Papers")
    await reword(admin, acme, "files", "Files", "Documents")
    first = await owner_connection.fetchval(
        "select id from translations.changes where tenant_id = $1 order by id limit 1", acme.id
    )
    path = acme.url(text_path("files", "Files", "/reversion"))

    await admin.post(path, {"to": str(first)})
    assert "Papers" in navigation(await admin.get(acme.url("/")))
    await admin.post(path)
    assert "Files" in navigation(await admin.get(acme.url("/")))

    page = await admin.get(acme.url(f"/admin/translations?language=en&text={key_of('files', 'Files')}"))
    history = page.html.one("ol", class_="text__history").all("li")
    assert [line.all("p")[1].text for line in history] == ["Default text", "Papers", "Documents", "Papers"]
    assert all("Admin of Acme" in line.text for line in history)
    assert "A page, in the main menu" in page.html.one("ul", class_="text__told soft xs").text
    rows = await owner_connection.fetch("select 1 from platform.wordings where tenant_id = $1", acme.id)
    assert rows == []


async def test_a_version_of_another_tenant_is_not_there(
    two_tenants: TwoTenants, inside: Inside, owner_connection: asyncpg.Connection
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    await reword(await inside(acme), acme, "files", "Files", "Secret word")
    theirs = await owner_connection.fetchval("select id from translations.changes where tenant_id = $1", acme.id)
    stranger = await inside(globex)
    answer = await stranger.post(globex.url(text_path("files", "Files", "/reversion")), {"to": str(theirs)})
    assert answer.status == 404
    assert "Secret word" not in (await stranger.get(globex.url("/admin/translations?language=en&show=own"))).text


@pytest.mark.parametrize("role", ["member", "guest"])
async def test_others_may_not(two_tenants: TwoTenants, inside: Inside, role: Role) -> None:
    acme = two_tenants.acme
    visitor = await inside(acme, role)
    await visitor.get(acme.url("/"))
    assert (await visitor.get(acme.url("/admin/translations"))).status == 403
    assert (await reword(visitor, acme, "files", "Files", "Papers")).status == 403
    assert (await visitor.post(acme.url("/admin/translations/context"), {"page": "/"})).status == 403
    assert "Files" in navigation(await visitor.get(acme.url("/")))


@pytest.mark.parametrize(
    ("domain", "source", "typed"),
    [
        ("files", "Files", ["  "]),
        ("files", "Files", ["{name}"]),
        ("files", "Files", ["Files {"]),
        ("files", "Files", ["<script>alert(1)</script>"]),
        ("files", "Files", ["<img src=x onerror=alert(1)>"]),
        ("files", "Files", ["&lt;b&gt;"]),
        ("files", "Files", ["in\u202evisible"]),
        ("files", "Files", ["mark\u2063ed"]),
        ("files", "Files", ["x" * 5001]),
        ("files", "Actions for {name}", ["Actions"]),
    ],
)
async def test_what_cannot_be_shown_is_refused_and_kept_in_the_form(
    two_tenants: TwoTenants, inside: Inside, domain: str, source: str, typed: list[str]
) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    answer = await reword(admin, acme, domain, source, *typed)
    assert answer.status == 422
    field = answer.html.one("textarea", name="forms-0")
    assert field.attributes["aria-invalid"] == "true"
    assert "".join(map(str, field.children)) == typed[0]
    assert answer.html.one(id="forms-0-flaw").text
    assert "Files" in navigation(await admin.get(acme.url("/")))


async def test_a_zero_byte_and_a_text_that_is_not_there_are_refused(two_tenants: TwoTenants, inside: Inside) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    assert (await reword(admin, acme, "files", "Files", "a\0b")).status == 422
    assert (await reword(admin, acme, "shell", "No such text", "x")).status == 404
    assert (await admin.get(acme.url(text_path("files", "Files", language="tlh")))).status == 404
    assert (await admin.post(acme.url(text_path("files", "Files", "/reversion")), {"to": "x"})).status == 422


async def test_markup_is_shown_as_text_wherever_it_got_in(
    two_tenants: TwoTenants, inside: Inside, owner_connection: asyncpg.Connection
) -> None:
    """Even a row that no check has seen cannot become HTML: templates escape it as they escape the product's."""
    acme = two_tenants.acme
    await owner_connection.execute(
        "insert into platform.wordings values ($1, 'en', 'files', 'Files', $2)", acme.id, ["<script>alert(1)</script>"]
    )
    await owner_connection.execute("insert into platform.wording_versions values ($1, 1)", acme.id)
    page = await (await inside(acme)).get(acme.url("/"))
    assert b"<script>alert(1)" not in page.content
    assert "<script>alert(1)</script>" in navigation(page)


async def test_plurals_have_a_field_for_each_form_with_numbers(two_tenants: TwoTenants, inside: Inside) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    source = "{count} text"
    key = key_of("translations", source)
    arabic = await admin.get(acme.url(f"/admin/translations?feature=translations&language=ar&text={key}"))
    fields = arabic.html.one("form", data_text_form="").all("textarea")
    assert [field.attributes["dir"] for field in fields] == ["rtl"] * 6
    german = await admin.get(acme.url(f"/admin/translations?feature=translations&language=de&text={key}"))
    labels = [label.text for label in german.html.one("form", data_text_form="").all("label")]
    assert labels == ["For 1 one", "For 0, 2, 3, 4 other"]

    answer = await reword(admin, acme, "translations", source, "ein Text", "{count} Texte!", language="de")
    assert answer.status == 303
    reader = await inside(acme, "owner", language="de")
    assert "Texte!" in (await reader.get(acme.url("/admin/translations?language=de"))).text


async def test_the_list_is_searched_filtered_and_paged(two_tenants: TwoTenants, inside: Inside) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    await reword(admin, acme, "files", "Files", "Ablage", language="de")

    async def sources(query: str) -> list[str]:
        page = await admin.get(acme.url(f"/admin/translations?feature=files&language=de&{query}"))
        return [row.text for row in page.html.all("span", class_="texts__source")]

    assert await sources("show=own") == ["Files"]
    assert await sources("q=abLage") == ["Files"]
    assert "Files" in await sources("q=iles")
    assert await sources("q=nothing+reads+like+this") == []
    first, second = await sources(""), await sources("page=2")
    assert len(first) == 50
    assert not set(first) & set(second)
    assert await sources("page=999999") == await sources("page=1000")


async def test_a_preview_says_what_would_be_read_and_keeps_nothing(two_tenants: TwoTenants, inside: Inside) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    await admin.get(acme.url("/admin/translations"))
    path = acme.url(text_path("files", "Actions for {name}", "/preview", language="de"))
    good = await admin.post(path, {"forms-0": "Was mit {name} geht"})
    assert "Was mit Ada Lovelace geht" in good.text
    bad = await admin.post(path, {"forms-0": "Was geht"})
    assert "{name} is missing" in bad.text
    assert "Was mit" not in (await admin.get(acme.url("/admin/translations?feature=files&language=de"))).text


async def test_a_tenant_without_words_of_its_own_asks_for_none(
    two_tenants: TwoTenants, inside: Inside, owner_connection: asyncpg.Connection
) -> None:
    facts = await owner_connection.fetchval(
        "select count(*) from platform.wording_versions where tenant_id = $1", two_tenants.acme.id
    )
    assert facts == 0
    page = await (await inside(two_tenants.acme)).get(two_tenants.acme.url("/"))
    assert "Files" in navigation(page)
