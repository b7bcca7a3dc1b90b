"""The files of an office, brought all at once: each is kept as it came, named, and told of honestly."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import expect

from domain.files.kinds import KINDS
from tests.factories.kinds import Everyday, everyday
from tests.support.matrix import WHOLE
from tests.support.people import sign_in
from tests.support.surfing import live
from web.files.pages import EMPTY, NO_PREVIEW, SEALED, UNKNOWN
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    import asyncpg
    from playwright.async_api import Page

    from core.db import Database
    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

FILES = everyday()
FEW = [
    *("utf16 notes.txt", "latin1.csv", "empty.txt", "invoice.xml", "page.html", "logo.svg", "script.py", "old.doc"),
    *("report.docx", "a.7z", "voice.mp3", "memo.m4a", "song.flac", "pic.bmp", "pic.avif", "scan-12bit.tif"),
    *("filled-form.pdf", "sealed.zip", "payslips.docx", "setup.exe", "noise", "renamed by mistake.zip"),
]
"""One of everything that can become of a file; ``bin/test --whole`` brings all."""

AT_ONCE = 40
"""A page of the list shows fifty."""


@pytest.fixture
def chosen(request: pytest.FixtureRequest) -> dict[str, Everyday]:
    return FILES if request.config.getoption(WHOLE) else {name: FILES[name] for name in FEW}


@pytest.fixture
async def outside(deployment: Deployment, deployed_db: Database, owner: Owner) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has the owner's session, whatever hosts it can look up."""
    token = await sign_in(deployed_db, owner)
    port = urlsplit(deployment.url("/", owner.slug)).port
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Cookie": f"{SESSION_COOKIE}={token}"}, timeout=30
    ) as client:
        yield client


async def test_everyday_files_are_kept_as_they_came(
    new_page: NewPage,
    *,
    deployment: Deployment,
    deployed_tables: asyncpg.Connection,
    owner: Owner,
    outside: httpx.AsyncClient,
    chosen: dict[str, Everyday],
) -> None:
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/files", owner.slug))
    await live(page)
    names = list(chosen)
    for start in range(0, len(names), AT_ONCE):
        await bring(page, {name: chosen[name] for name in names[start : start + AT_ONCE]})

    rows = await deployed_tables.fetch("select id, name from files.files where tenant_id = $1", owner.tenant.id)
    ids: dict[str, UUID] = {row["name"]: row["id"] for row in rows}
    assert set(ids) == set(chosen)
    host = {"Host": f"{owner.slug}.{deployment.host}"}
    for name, file in chosen.items():
        told = await outside.get(f"/files/{ids[name]}", headers=host)
        assert sentence_of(file) in told.text, name
        assert ("/preview-1" in told.text) == file.is_drawn, name
        download = await handed_out(outside, host, ids[name])
        if file.is_sealed:
            assert download is None, name
        else:
            assert download is not None, name
            assert hashlib.sha256(download.content).digest() == hashlib.sha256(file.content).digest(), name
            assert download.headers["Content-Disposition"].startswith("attachment;"), name
            assert download.headers["Content-Type"] == "application/octet-stream", name


async def bring(page: Page, files: dict[str, Everyday]) -> None:
    """Choose the files all at once, and wait until each one's row says what it is."""
    brought: Any = [{"name": name, "mimeType": "", "buffer": file.content} for name, file in files.items()]
    await page.locator("input[type=file]").set_input_files(brought)
    for name, file in files.items():
        row = page.locator("#files tr").filter(has=page.get_by_role("link", name=name, exact=True))
        await expect(row).to_have_attribute("data-state", "sealed" if file.is_sealed else "ready")
        await expect(row).to_contain_text(KINDS[file.kind].title.text)


def sentence_of(file: Everyday) -> str:
    """What the file's page says of what could not be done with it."""
    if file.is_sealed:
        return SEALED.text
    if not file.content:
        return EMPTY.text
    if file.kind == "unknown":
        return UNKNOWN.text
    return "" if file.is_drawn else NO_PREVIEW.text


async def handed_out(outside: httpx.AsyncClient, host: dict[str, str], file_id: UUID) -> httpx.Response | None:
    """What the host for user content sends, or None where the file is closed."""
    asked = await outside.get(f"/files/{file_id}/download", headers=host)
    if asked.status_code == 404:
        return None
    link = urlsplit(asked.headers["Location"])
    assert link.netloc.startswith("usercontent.")
    return await outside.get(link.path, headers={"Host": link.netloc})
