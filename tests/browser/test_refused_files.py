"""Files that are not kept: each is told what is wrong and what to do, and nothing of it is saved or served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.factories.files import EICAR
from tests.support.deployment import MOST_UPLOAD_BYTES
from tests.support.surfing import Watch, choose, live

if TYPE_CHECKING:
    import asyncpg
    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

USAGE = "select coalesce(sum(used + reserved), 0) from files.usage where tenant_id = $1"


@pytest.fixture
async def page(new_page: NewPage, deployment: Deployment, owner: Owner) -> Page:
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/files", owner.slug))
    await live(page)
    return page


async def test_blocked_after_a_look_inside(
    page: Page, deployment: Deployment, deployed_tables: asyncpg.Connection, owner: Owner
) -> None:
    await choose(page, "invoice.txt", EICAR, "image/jpeg")
    words = "Blocked: the scanner found harmful content"
    await expect(page.locator("#main article.run", has_text="invoice.txt")).to_contain_text(words)
    await expect(page.locator("#files tr", has_text="invoice.txt")).to_have_attribute("data-state", "infected")
    folder = deployment.storage_dir / "tenants" / str(owner.tenant.id) / "files"
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert await deployed_tables.fetchval(USAGE, owner.tenant.id) == 0


async def test_a_kind_that_is_not_accepted_is_not_even_sent(
    page: Page, deployment: Deployment, deployed_tables: asyncpg.Connection, owner: Owner
) -> None:
    await deployed_tables.execute("insert into files.policies values ($1, 'admin', '{program}')", owner.tenant.id)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    await page.goto(deployment.url("/files", owner.slug))
    await expect(page.locator("#upload-hint")).to_contain_text("except: Program.")
    await choose(page, "Setup.EXE", b"MZ")
    row = page.locator("[data-upload-rows] li", has_text="Setup.EXE")
    await expect(row).to_contain_text("This workspace doesn’t accept this kind of file. Nothing was saved.")
    assert "POST" not in sent


@pytest.mark.parametrize(
    ("excess", "words"),
    [(1, "larger than what is accepted at once"), (3 * 1024 * 1024, "more than fits at once")],
)
async def test_too_large(
    *, page: Page, watch: Watch, deployed_tables: asyncpg.Connection, owner: Owner, excess: int, words: str
) -> None:
    """By a byte, found out when it arrives; by much, refused before it is sent."""
    watch.allow_status(413)
    watch.allow_lost_connections()  # the answer comes before all bytes were sent
    await choose(page, "film.jpg", bytes(MOST_UPLOAD_BYTES + excess))
    row = page.locator("[data-upload-rows] li", has_text="film.jpg")
    await expect(row).to_contain_text(words)
    await expect(page.locator("#announcer")).to_contain_text("film.jpg")
    await expect(page.locator("#files tr", has_text="film.jpg")).to_have_count(0)
    assert await deployed_tables.fetchval(USAGE, owner.tenant.id) == 0


async def test_too_large_without_scripts(new_page: NewPage, deployment: Deployment, owner: Owner, watch: Watch) -> None:
    watch.allow_status(413)
    page = await new_page(owner=owner, scripts=False)
    await page.goto(deployment.url("/files", owner.slug))
    await choose(page, "film.jpg", bytes(MOST_UPLOAD_BYTES + 3 * 1024 * 1024))
    await page.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("heading", name="That is more than fits at once")).to_be_visible()
