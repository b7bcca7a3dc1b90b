"""An upload is looked at: its steps are seen, can be undone, tell why they wait, and go on from where they stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.factories.files import EICAR, photo
from tests.support.scanner import Scanner
from tests.support.surfing import Watch, assert_no_gap_and_no_double, choose, live

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import asyncpg
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

USED = "select coalesce(sum(used + reserved), 0) from files.usage where tenant_id = $1"
FILES = "select count(*) from files.files where tenant_id = $1"


@pytest.fixture(scope="module")
async def scanner(running_deployment: Deployment) -> AsyncIterator[Scanner]:
    """A worker whose scanner answers when it is told to."""
    found = Scanner(running_deployment.background)
    usual = running_deployment.worker
    usual.kill()
    running_deployment.worker = running_deployment.process("worker", "worker", CLAMD_URL=found.url)
    await running_deployment.worker.start()
    yield found
    found.shut()
    running_deployment.worker.kill()
    running_deployment.worker = usual
    await usual.start()


@pytest.fixture
async def page(new_page: NewPage, deployment: Deployment, owner: Owner, scanner: Scanner) -> Page:
    scanner.open()
    scanner.release()
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/files", owner.slug))
    await live(page)
    return page


def card_of(page: Page, name: str = "coast.jpg") -> Locator:
    return page.locator("#main article.run", has_text=name)


def row_of(page: Page, name: str = "coast.jpg") -> Locator:
    return page.locator("#files tr", has_text=name)


async def test_each_step_is_seen_and_nothing_is_served_before_the_verdict(
    page: Page, scanner: Scanner, watch: Watch
) -> None:
    scanner.hold()
    await choose(page, "coast.jpg", photo())
    card = card_of(page)
    await expect(card.locator("li.step[data-state=running]")).to_contain_text("Scan for viruses")
    await expect(card.locator("li.step[data-state=done]")).to_have_count(2)
    await expect(card.locator(".run__line")).to_contain_text("3 of 9")
    await expect(page.locator("#runs-bar")).to_contain_text("Preparing coast.jpg")
    await expect(row_of(page)).to_contain_text("Being prepared")
    await expect(row_of(page).locator("[data-menu]")).to_have_count(0)
    watch.allow_status(404)
    path = await row_of(page).get_by_role("link", name="coast.jpg").get_attribute("href")
    assert await status_of(page, f"{path}/download") == 404

    scanner.release()
    await expect(card).to_have_attribute("data-state", "done")
    await expect(row_of(page)).to_contain_text("Ready")
    await expect(page.locator("#announcer")).to_contain_text("Preparing coast.jpg: Ready")
    await expect(page.locator("#runs-bar")).not_to_contain_text("coast.jpg")
    await assert_no_gap_and_no_double(page)


async def test_cancelling_folds_the_steps_back_and_leaves_nothing(
    page: Page, scanner: Scanner, owner: Owner, deployment: Deployment, deployed_tables: asyncpg.Connection
) -> None:
    scanner.hold()
    await choose(page, "coast.jpg", photo())
    card = card_of(page)
    await expect(card.locator("li.step[data-state=running]")).to_contain_text("Scan for viruses")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card).to_have_attribute("data-state", "cancelled")
    await expect(card).to_contain_text("Cancelled, everything undone")
    await expect(card.locator("li.step[data-state=undone]").first).to_contain_text("Receive the file")
    await expect(card.locator("li.step[data-state=done]")).to_have_count(0)
    await expect(row_of(page)).to_have_count(0)
    assert originals(deployment, owner) == []
    assert await deployed_tables.fetchval(FILES, owner.tenant.id) == 0
    assert await deployed_tables.fetchval(USED, owner.tenant.id) == 0
    await assert_no_gap_and_no_double(page)


async def test_a_scanner_that_is_down_reads_as_waiting_and_goes_on_by_itself(page: Page, scanner: Scanner) -> None:
    scanner.shut()
    await choose(page, "coast.jpg", photo())
    card = card_of(page)
    await expect(card.locator("li.step[data-state=retrying]")).to_contain_text("The virus scanner cannot be reached")
    await expect(card).to_have_attribute("data-state", "running")
    scanner.open()
    await expect(card).to_have_attribute("data-state", "done")
    await expect(row_of(page)).to_contain_text("Ready")


async def test_a_stopped_run_tells_why_and_goes_on_from_the_step_that_stopped(
    page: Page, scanner: Scanner, deployment: Deployment, owner: Owner
) -> None:
    scanner.hold()
    await choose(page, "coast.jpg", photo())
    card = card_of(page)
    await expect(card.locator("li.step[data-state=running]")).to_contain_text("Scan for viruses")
    scans = scanner.scans
    (original,) = originals(deployment, owner)
    aside = original.rename(original.parent.parent / "aside")
    scanner.release()

    await expect(card).to_have_attribute("data-state", "needs_you")
    await expect(card).to_contain_text("3 finished steps are kept and will not be repeated.")
    await expect(card).to_contain_text("The uploaded bytes are no longer in storage.")
    await expect(card).to_contain_text("Cancel to clean up, then upload the file again.")
    await expect(page.locator("#announcer")).to_contain_text("Needs you")
    text = await card.inner_text()
    assert not [word for word in ("Error", "Traceback", "Exception", "obstore", "original") if word in text], text

    aside.rename(original)
    await card.get_by_role("button", name="Continue").click()
    await expect(card).to_have_attribute("data-state", "done")
    assert scanner.scans == scans
    await assert_no_gap_and_no_double(page)


async def test_what_the_scanner_finds_is_blocked_and_erased(
    page: Page, deployment: Deployment, owner: Owner, watch: Watch
) -> None:
    await choose(page, "invoice.pdf.txt", EICAR)
    card = card_of(page, "invoice.pdf.txt")
    await expect(card).to_contain_text("Blocked: the scanner found harmful content")
    row = row_of(page, "invoice.pdf.txt")
    await expect(row).to_have_attribute("data-state", "infected")
    await row.get_by_role("link", name="invoice.pdf.txt").click()
    await expect(page.get_by_text("Eicar-Test-Signature")).to_be_visible()
    await expect(page.get_by_role("link", name="Download")).to_have_count(0)
    watch.allow_status(404)
    for path in ("download", "thumbnail", "preview-1"):
        assert await status_of(page, f"{page.url}/{path}") == 404
    assert originals(deployment, owner) == []


async def status_of(page: Page, path: str) -> int:
    """What the server answers to the page itself."""
    status: int = await page.evaluate("path => fetch(path).then((answer) => answer.status)", path)
    return status


def originals(deployment: Deployment, owner: Owner) -> list[Path]:
    """What storage holds of a workspace's files."""
    return [
        path
        for path in (deployment.storage_dir / "tenants" / str(owner.tenant.id) / "files").rglob("*")
        if path.is_file()
    ]
