"""The bell: told in one tab, counted in the other, read in one, cleared in both; by keyboard and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from core.messages import Message
from core.notices import RUN_NEEDS_YOU, notify
from domain.tenants.notices import NEWS
from tests.factories.files import EICAR
from tests.support.surfing import choose, idle, live

if TYPE_CHECKING:
    from playwright.async_api import Page

    from core.db import Database
    from core.notices import NoticeKind
    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

NARROW = 390


async def tell(db: Database, owner: Owner, name: str, kind: NoticeKind = RUN_NEEDS_YOU) -> None:
    async with db.unit_of_work(owner.tenant.id, "files", actor_id=owner.person.id) as uow:
        message = Message("files", "Preparing {name}", {"name": name})
        await notify(uow, user_id=owner.person.id, kind=kind, key=name, message=message, href="/files")


async def test_an_upload_in_one_tab_rings_in_the_other(new_page: NewPage, deployment: Deployment, owner: Owner) -> None:
    uploading = await new_page(owner=owner)
    await uploading.goto(deployment.url("/files", owner.slug))
    elsewhere = await new_page(owner=owner)
    await elsewhere.goto(deployment.url("/members", owner.slug))
    for page in (uploading, elsewhere):
        await live(page)
        await expect(page.locator(".bell__badge")).to_have_count(0)

    await choose(uploading, "invoice.txt", EICAR, "text/plain")

    for page in (uploading, elsewhere):
        await expect(page.locator(".bell__badge")).to_have_text("1")
    said = elsewhere.locator("#announcer")
    await expect(said).to_contain_text("Preparing invoice.txt")
    assert (await said.inner_text()).count("invoice.txt") == 1, "its run card has said it"

    await elsewhere.locator("#bell > summary").click()
    row = elsewhere.locator("#bell-panel .notice", has_text="invoice.txt")
    await expect(row).to_contain_text("Blocked")
    await row.get_by_role("link").click()
    await expect(elsewhere.get_by_role("heading", name="invoice.txt", exact=True)).to_be_visible()
    await expect(elsewhere.locator("#bell")).not_to_have_attribute("open", "")
    for page in (uploading, elsewhere):
        await expect(page.locator(".bell__badge")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, NARROW])
async def test_reading_all_clears_every_page(
    *, new_page: NewPage, deployment: Deployment, deployed_db: Database, owner: Owner, width: int
) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        await tell(deployed_db, owner, name)
    pages = [await new_page(owner=owner, width=width) for _ in range(2)]
    for page in pages:
        await page.goto(deployment.url("/notifications", owner.slug))
        await live(page)
        await expect(page.locator(".bell__badge")).to_have_text("3")
        await expect(page.locator("#notices .notice[data-unread]")).to_have_count(3)
    first, second = pages
    await first.locator("#notices .notice", has_text="b.pdf").get_by_role("button").click()
    await expect(second.locator(".bell__badge")).to_have_text("2")
    await expect(second.locator("#notices .notice[data-unread]")).to_have_count(2)
    assert await _inside(first), "the focus stays in the list"

    await first.locator("#bell > summary").click()
    panel = first.locator("#bell-panel")
    await expect(panel.locator(".notice")).to_have_count(3)
    box = await panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    await panel.get_by_role("button", name="Mark all as read").click()
    for page in pages:
        await expect(page.locator(".bell__badge")).to_have_count(0)
        await expect(page.locator("#notices .notice[data-unread]")).to_have_count(0)
    await expect(panel.locator(".notice[data-unread]")).to_have_count(0)
    await idle(first)
    await first.keyboard.press("Escape")
    await expect(panel).to_be_hidden()


async def test_what_no_card_says_is_said_once(
    new_page: NewPage, deployment: Deployment, deployed_db: Database, owner: Owner
) -> None:
    page = await new_page(owner=owner)
    await tell(deployed_db, owner, "before.pdf", NEWS)
    await page.goto(deployment.url("/files", owner.slug))
    await live(page)
    await tell(deployed_db, owner, "after.pdf", NEWS)  # from this process, so the sweep publishes it
    said = page.locator("#announcer")
    await expect(said).to_contain_text("Preparing after.pdf")
    await page.reload()
    await live(page)
    await idle(page)
    await expect(said).not_to_contain_text("after.pdf")
    await expect(said).not_to_contain_text("before.pdf")


async def test_by_keyboard(new_page: NewPage, deployment: Deployment, deployed_db: Database, owner: Owner) -> None:
    await tell(deployed_db, owner, "a.pdf")
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/members", owner.slug))
    await live(page)
    await page.locator("#bell > summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#bell-panel .notice")).to_have_count(1)
    await page.get_by_role("link", name="Preparing a.pdf").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/files")
    await expect(page.locator(".bell__badge")).to_have_count(0)


async def test_without_script(new_page: NewPage, deployment: Deployment, deployed_db: Database, owner: Owner) -> None:
    await tell(deployed_db, owner, "a.pdf")
    page = await new_page(owner=owner, scripts=False)
    await page.goto(deployment.url("/", owner.slug))
    await page.locator("#bell > summary").click()
    await page.get_by_role("link", name="All notifications").click()
    await page.get_by_role("button", name="Mark as read: Preparing a.pdf").click()
    await expect(page.locator("#notices .notice")).to_have_count(1)
    await expect(page.locator("#notices .notice[data-unread]")).to_have_count(0)
    await expect(page.locator(".bell__badge")).to_have_count(0)


async def _inside(page: Page) -> bool:
    return bool(await page.evaluate("document.activeElement.closest('#notices') !== null"))
