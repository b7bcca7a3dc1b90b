"""Nothing but a keyboard: where the focus goes is seen, and everything can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from tests.factories.files import photo
from tests.support.people import PASSWORD
from tests.support.surfing import live

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

MOST_TABS = 40
FOCUSED = """() => { const { ariaLabel, labels, innerText } = document.activeElement;
  return document.activeElement === document.body ? "" : ariaLabel || labels?.[0]?.innerText || innerText; }"""
RING = """() => { const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none"; }"""


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called ``name`` has the focus, and shows it."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if name in await page.evaluate(FOCUSED):
            assert await page.evaluate(RING), f"{name} does not show that it has the focus"
            return
    raise AssertionError(f"{name} cannot be reached")


async def test_log_in_and_upload_by_keyboard(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page = await new_page()
    await page.goto(deployment.url("/login"))
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "Skip to the content"
    await tab_to(page, "Email address")
    await page.keyboard.type(owner.person.email)
    await tab_to(page, "Password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your workspaces")).to_be_visible()
    await tab_to(page, f"Open {owner.tenant.name}")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{deployment.url('', owner.slug)}**")
    await tab_to(page, "Files")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Files", exact=True)).to_be_visible()
    await expect(page.locator("#main")).to_be_focused()
    await live(page)

    async with page.expect_file_chooser() as waiting:
        for _ in range(MOST_TABS):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.type === 'file'"):
                break
        assert (
            await page.evaluate("getComputedStyle(document.querySelector('[data-upload-zone]')).outlineStyle") != "none"
        )
        await page.keyboard.press("Space")
    chosen: Any = {"name": "coast.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    await (await waiting.value).set_files([chosen])
    row = page.locator("#files tr", has_text="coast.jpg")
    await expect(row).to_have_attribute("data-state", "ready")

    await tab_to(page, "Actions for coast.jpg")
    await page.keyboard.press("Enter")
    await tab_to(page, "Delete")
    await page.keyboard.press("Enter")
    await expect(row).to_have_count(0)
    await expect(page.locator("#main")).to_be_focused()
    await tab_to(page, "Undo")
    await page.keyboard.press("Enter")
    await expect(row).to_have_attribute("data-state", "ready")
