"""A translator's journeys: a text is changed, seen, and changed back; in a file, in the editor, and on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.support.surfing import idle

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner


async def test_a_text_is_changed_in_the_editor_seen_and_put_back(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/admin/translations?feature=files&language=en", owner.slug))
    await page.get_by_role("searchbox", name="Search in source and translation").fill("Files")
    await idle(page)
    await row(page).click()
    field = page.locator("[data-text-input]")
    await expect(field).to_have_value("Files")

    await field.fill("Pap{e}rs")
    await expect(page.locator("[data-text-flaw]")).to_contain_text("Not in the source: {e}")
    await field.fill("Papers")
    await expect(page.locator("[data-text-flaw]")).to_be_hidden()
    await expect(page.locator(".text__preview")).to_have_text("Papers")
    await field.press("Control+Enter")
    await expect(page.get_by_text("Saved. Everyone in Harbour reads it now.")).to_be_visible()
    await expect(row(page)).to_contain_text("Ours")

    await page.goto(deployment.url("/", owner.slug))
    await expect(page.get_by_role("navigation", name="Main").get_by_text("Papers")).to_be_visible()

    await page.go_back()
    await row(page).click()
    await idle(page)  # the text that was open already is replaced by itself
    await page.get_by_role("button", name="Back to the default text").click()
    await expect(page.get_by_text("The default text is back.")).to_be_visible()
    await page.goto(deployment.url("/", owner.slug))
    await expect(page.get_by_role("navigation", name="Main").get_by_text("Files", exact=True)).to_be_visible()


async def test_a_text_is_changed_on_the_page_in_place(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/admin/translations", owner.slug))
    await page.get_by_role("button", name="Edit on the page").click()
    await expect(page.get_by_role("region", name="Editing texts")).to_be_visible()
    await assert_no_marks(page)

    text = page.get_by_role("navigation", name="Main").locator("[data-text-key]", has_text="Files").first
    await text.click()
    drawer = page.get_by_role("dialog")
    await expect(drawer.locator("[data-text-input]")).to_have_value("Files")
    await drawer.locator("[data-text-input]").fill("Cargo")
    await drawer.get_by_role("button", name="Save").click()
    await expect(drawer.get_by_text("Saved.")).to_be_visible()
    changed = page.get_by_role("navigation", name="Main", include_hidden=True).locator(
        "[data-text-key]", has_text="Cargo"
    )
    await expect(changed.first).to_be_visible()
    await drawer.get_by_role("button", name="Close").click()
    await assert_no_marks(page)

    await changed.first.focus()
    await changed.first.press("F2")
    await page.get_by_role("dialog").get_by_role("button", name="Back to the default text").click()
    await expect(page.locator("nav[data-nav] [data-text-key]", has_text="Files").first).to_be_attached()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("region", name="Editing texts")).to_have_count(0)
    await expect(page.get_by_role("navigation", name="Main").get_by_text("Files", exact=True)).to_be_visible()


async def test_a_text_is_shown_where_it_stands(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/admin/translations?feature=files&language=en&q=No+files+yet", owner.slug))
    await page.locator("[data-text-link]").first.click()
    await page.get_by_role("button", name="Show on the page").first.click()
    await expect(page.locator(".text-found").first).to_have_text("No files yet")
    await expect(page.get_by_role("dialog").locator("[data-text-input]")).to_have_value("No files yet")


def row(page: Page) -> Locator:
    """The line of the text "Files" in the list."""
    return page.locator("[data-text-link]").filter(has=page.locator(".texts__source", has_text=re.compile("^Files$")))


async def assert_no_marks(page: Page) -> None:
    """Nobody gets to see, copy or hear a mark."""
    await idle(page)
    marks = await page.evaluate(
        "(document.documentElement.outerHTML.match(/[\\u2063\\u2064\\u{E0030}-\\u{E0066}]/gu) || []).length"
    )
    assert marks == 0
