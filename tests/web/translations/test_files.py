"""Catalogues as files: what goes out is what gettext's own tool accepts, and what comes in is looked at first."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest

from core.i18n.marks import key_of
from domain.translations.catalogue_files import read_file
from tests.support.visitor import Answer
from tests.web.translations.conftest import reword

if TYPE_CHECKING:
    from pathlib import Path

    from core.context import Role
    from tests.support.product import Product
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.web.translations.conftest import Inside

HEADER = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n'


async def send(visitor: Visitor, tenant: TestTenant, content: bytes, name: str = "shell.de.po") -> Answer:
    """Choose a file in the form."""
    cookies = "; ".join(f"{key}={value}" for key, value in visitor.cookies[tenant.host].items())
    transport = httpx.ASGITransport(visitor._application, client=(visitor.address, 50000))
    async with httpx.AsyncClient(transport=transport, timeout=20) as client:
        response = await client.post(
            tenant.url("/admin/translations/imports?feature=shell&language=de"),
            data={"csrf_token": visitor._csrf[tenant.host]},
            files={"file": (name, content, "text/x-gettext-translation")},
            headers={"Cookie": cookies, "Accept-Language": "en"},
        )
    return Answer(response.status_code, response.headers, response.content)


@pytest.mark.parametrize("language", ["en", "de", "ja", "ar"])
@pytest.mark.parametrize("feature", ["files", "translations"])
async def test_msgfmt_accepts_an_export_unchanged(
    two_tenants: TwoTenants, inside: Inside, tmp_path: Path, feature: str, language: str
) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    await reword(admin, acme, "files", "Files", 'Our "files" & \\ more', language=language)
    answer = await admin.get(acme.url(f"/admin/translations/export?feature={feature}&language={language}"))
    assert answer.headers["content-disposition"] == f'attachment; filename="{feature}.{language}.po"'
    file = tmp_path / "exported.po"
    file.write_bytes(answer.content)

    command = ["msgfmt", "--check", "--output-file=/dev/null", str(file)]
    told = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (0, "")
    assert (b"\n#. A page, in the main menu" in answer.content) is (feature == "files")
    entries = {entry.source: entry.forms for entry in read_file(answer.content, language)}
    assert (entries.get("Files") == ('Our "files" & \\ more',)) is (feature == "files")


async def test_a_file_is_brought_in_by_a_run(two_tenants: TwoTenants, inside: Inside, product: Product) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    answer = await send(admin, acme, (HEADER + 'msgid "Files"\nmsgstr "Ablage"\n').encode())
    assert answer.status == 303
    assert answer.location.startswith("/runs/")
    batch = await product.bench.owner.fetchval("select id from translations.batches where tenant_id = $1", acme.id)
    page = await admin.get(acme.url(f"/admin/translations/batches/{batch}"))
    assert page.heading == "shell.de.po"
    stranger = await inside(two_tenants.globex)
    assert (await stranger.get(two_tenants.globex.url(f"/admin/translations/batches/{batch}"))).status == 404


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"\xff\xfe\x00", "shell.po", 415, "Only .po files"),
        (b"%PDF-1.7", "shell.po", 415, "Only .po files"),
        (HEADER.encode(), "shell.txt", 415, "Only .po files"),
        ((HEADER + 'msgid "Files"\nmsgstr "Abl\n').encode(), "shell.po", 422, "Line 6 cannot be read"),
        ((HEADER + "what is this\n").encode(), "shell.po", 422, "Line 5 cannot be read"),
        (b'msgid ""\nmsgstr ""\n"Language: fr\\n"\n', "shell.po", 422, "its language is fr"),
        (b'msgid "x"\n' + b"#" * 1024 * 1024, "shell.po", 413, "too large for a translation file"),
        (b'msgid "x"\n' + b"#" * 1024 * 1100, "shell.po", 413, "Nothing was saved"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_line(
    *, two_tenants: TwoTenants, inside: Inside, content: bytes, name: str, status: int, words: str
) -> None:
    acme = two_tenants.acme
    answer = await send(await inside(acme), acme, content, name)
    assert answer.status == status
    assert words in answer.text


@pytest.mark.parametrize("role", ["member", "guest"])
async def test_others_get_no_file_and_bring_none(two_tenants: TwoTenants, inside: Inside, role: Role) -> None:
    acme = two_tenants.acme
    visitor = await inside(acme, role)
    assert (await visitor.get(acme.url("/admin/translations/export"))).status == 403
    assert (await send(visitor, acme, HEADER.encode())).status == 403


async def test_a_word_is_replaced_only_where_it_was_chosen(
    two_tenants: TwoTenants, inside: Inside, product: Product
) -> None:
    acme = two_tenants.acme
    admin = await inside(acme)
    page = await admin.get(acme.url("/admin/translations/replacements?language=en&find=workspace&put=project"))
    texts = {item.one("del").text: item.one("ins").text for item in page.html.one("ul", class_="proposals").all("li")}
    assert texts["Create a workspace"] == "Create a project"
    count = "select count(*) from platform.wordings where tenant_id = $1"
    assert await product.bench.owner.fetchval(count, acme.id) == 0

    chosen = {"find": "workspace", "put": "project", "text": key_of("tenants", "Create a workspace")}
    answer = await admin.post(acme.url("/admin/translations/replacements?language=en"), chosen)
    assert answer.status == 303
    items = await product.bench.owner.fetch(
        "select source, forms from translations.batch_items where tenant_id = $1", acme.id
    )
    assert [(row["source"], row["forms"]) for row in items] == [("Create a workspace", ["Create a project"])]
    nothing = await admin.post(acme.url("/admin/translations/replacements?language=en"), {**chosen, "text": ""})
    assert nothing.status == 422
