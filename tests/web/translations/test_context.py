"""Editing on the page: marks are for the admin who asked for them, and for nobody and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.i18n.marks import BEGIN, END, key_of, marked

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.translations.conftest import Inside

COOKIE = "__Host-adx_texts"


def has_marks(content: bytes) -> bool:
    return BEGIN in content.decode() or END in content.decode()


async def test_an_admin_who_switches_it_on_gets_marked_pages_until_it_is_off(
    two_tenants: TwoTenants, inside: Inside
) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    assert not has_marks((await admin.get(acme.url("/"))).content)

    answer = await admin.post(acme.url("/admin/translations/context"), {"page": "/files"})
    assert answer.location == "/files"
    page = await admin.get(acme.url("/files"))
    assert marked("files", "No files yet", "No files yet") in page.content.decode()
    assert page.html.all("div", data_text_bar="")
    assert not has_marks((await admin.get(acme.url("/admin/translations"))).content)

    await admin.post(acme.url("/admin/translations/context/end"), {"page": "/files"})
    assert not has_marks((await admin.get(acme.url("/files"))).content)


@pytest.mark.parametrize("role", ["member", "guest"])
async def test_the_cookie_alone_marks_nothing_for_others(two_tenants: TwoTenants, inside: Inside, role: str) -> None:
    acme = two_tenants.acme
    visitor = await inside(acme, role)
    visitor.cookies[acme.host][COOKIE] = "1"
    assert not has_marks((await visitor.get(acme.url("/files"))).content)


async def test_marks_stay_with_the_one_who_edits(two_tenants: TwoTenants, inside: Inside) -> None:
    """Rows are kept rendered and shared among viewers: those of an editing admin are not."""
    acme = two_tenants.acme
    editing, other = await inside(acme), await inside(acme)
    await editing.get(acme.url("/"))
    await editing.post(acme.url("/admin/translations/context"), {"page": "/"})
    for path in ("/", "/files", "/runs", "/members"):
        assert has_marks((await editing.get(acme.url(path))).content), path
        assert not has_marks((await other.get(acme.url(path))).content), path


async def test_a_text_is_shown_on_its_page(two_tenants: TwoTenants, inside: Inside) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    await admin.get(acme.url("/"))
    key = key_of("files", "Files")
    shown = await admin.post(acme.url("/admin/translations/context"), {"page": "/files", "text": key})
    assert shown.location == f"/files#text-{key}"
    for evil in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"):
        answer = await admin.post(acme.url("/admin/translations/context"), {"page": evil})
        assert answer.location == "/"
    assert (await admin.post(acme.url("/admin/translations/context"), {"text": "0" * 12})).status == 404
