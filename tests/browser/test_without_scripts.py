"""With scripts off, forms and links do all of the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from core.ids import new_id
from tests.browser.test_main_journey import LINK
from tests.factories.files import photo
from tests.support.people import PASSWORD
from tests.support.surfing import choose

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner


async def reload_until(page: Page, sign: Locator) -> None:
    """What a person without scripts does to see news."""
    while not await sign.count():
        await page.reload()


async def test_registering_without_scripts(deployment: Deployment, new_page: NewPage) -> None:
    page = await new_page(scripts=False)
    mark = new_id().hex[-6:]
    email = f"nora-{mark}@example.com"
    await page.goto(deployment.url("/register"))
    await page.get_by_label("Your name").fill("Nora Berg")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Check your email")).to_be_visible()

    mail = await deployment.mailbox.wait_for(email)
    link = LINK.search(mail.text)
    assert link
    await page.goto(link.group())
    await page.get_by_role("button", name="Confirm").click()
    await page.get_by_label("Name of the workspace").fill("Quiet Bay")
    await page.get_by_label("Address").fill(f"quiet-bay-{mark}")
    await page.get_by_role("button", name="Create workspace").click()
    await reload_until(page, page.locator("article.run[data-state=done]"))
    await page.get_by_role("link", name="Open").click()
    await page.wait_for_url(f"http://quiet-bay-{mark}.**")
    await expect(page.get_by_text("Quiet Bay").first).to_be_visible()


async def test_logging_in_and_handling_files_without_scripts(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(scripts=False)
    await page.goto(deployment.url("/login"))
    await page.get_by_label("Email address").fill(owner.person.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("button", name="Open").click()
    await page.get_by_role("link", name="Files", exact=True).click()

    await choose(page, "coast.jpg", photo(), "image/jpeg")
    await page.get_by_role("button", name="Upload").click()
    row = page.locator("#files tr", has_text="coast.jpg")
    await expect(row).to_have_count(1)
    await reload_until(page, page.locator("#files tr[data-state=ready]"))

    await row.locator("summary").click()
    await row.get_by_role("link", name="Delete").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await page.goto(deployment.url("/files", owner.slug))
    await reload_until(page, page.locator("#files tr[data-state=ready]"))
