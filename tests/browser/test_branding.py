"""An admin makes the product look like the company's: on pages, in a mail, on the error page; and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.support.surfing import Watch, idle
from tests.web.branding.conftest import png

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

GREEN, GREEN_RGB = "#0a7d5a", "rgb(10, 125, 90)"
FAINT = "#ffe14d"
EDITOR = "/admin/branding"
FILL = "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"


async def background(element: Locator) -> str:
    return str(await element.evaluate("element => getComputedStyle(element).backgroundColor"))


@pytest.mark.parametrize("width", [1440, 390])
async def test_colours_are_changed_seen_everywhere_and_taken_back(
    *, deployment: Deployment, new_page: NewPage, watch: Watch, owner: Owner, width: int
) -> None:
    watch.allow_status(404)
    page, other = await new_page(owner=owner, width=width), await new_page(owner=owner)
    await other.goto(deployment.url("/files", owner.slug))
    before = await other.evaluate(FILL)

    await page.goto(deployment.url(EDITOR, owner.slug))
    await choose_colours(page)
    await publish(page)

    # Pages that were open already take it, without being loaded anew.
    await expect(other.locator("link#brand-sheet")).to_have_count(1)
    await other.wait_for_function(f"{FILL} === '{GREEN}'")
    await expect(other.locator(".brand__logo--both").first).to_have_attribute("alt", "North Pier")

    await see_it_in_a_mail(page, deployment, owner)
    await see_it_on_the_error_page(other, deployment, owner)
    await go_back(page, other, deployment, owner, before)


async def choose_colours(page: Page) -> None:
    """A faint colour is refused with the one to take instead; the preview follows every choice."""
    await page.get_by_label("Accent colour", exact=True).last.fill(FAINT)
    offered = page.locator("[data-brand-take='accent']")
    await expect(offered).to_be_visible()
    await offered.click()
    await expect(page.locator("#accent")).not_to_have_value(FAINT)
    await page.locator("#accent").fill(GREEN)
    await page.locator("#name").fill("North Pier")
    await expect(offered).to_have_count(0)
    await expect(page.locator("#brand-stage .brand__name")).to_have_text("North Pier")
    await expect(page.locator("#brand-stage .button--primary")).to_have_css("background-color", GREEN_RGB)


async def publish(page: Page) -> None:
    await page.locator("#file-logo").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png((400, 80))}
    )
    await expect(page.locator("#picture-logo img")).to_be_visible()
    await expect(page.locator("#brand-stage img.brand__logo")).to_be_visible()
    assert await page.locator("#accent").input_value() == GREEN
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.locator("#version-1")).to_contain_text("Shown now")


async def see_it_in_a_mail(page: Page, deployment: Deployment, owner: Owner) -> None:
    await page.get_by_role("button", name="Send me a test email").click()
    mail = await deployment.mailbox.wait_for(owner.person.email, subject="This is how emails from North Pier look")
    assert f"background:{GREEN}" in mail.html
    assert "/logo-2x.png" in mail.html
    assert dict(mail.headers)["From"].startswith("North Pier <")


async def see_it_on_the_error_page(page: Page, deployment: Deployment, owner: Owner) -> None:
    await page.goto(deployment.url("/nothing-is-here", owner.slug))
    assert await page.evaluate(FILL) == GREEN
    await expect(page.locator("img.brand__logo").first).to_be_visible()


async def go_back(page: Page, other: Page, deployment: Deployment, owner: Owner, before: str) -> None:
    await other.goto(deployment.url("/", owner.slug))
    await idle(page)
    await page.get_by_role("button", name="Back to the theme’s own look").click()
    await expect(page.locator("#version-1")).not_to_contain_text("Shown now")
    await other.wait_for_function(f"{FILL} === '{before}'")
    await page.get_by_role("button", name="Go back to version 1").click()
    await expect(page.locator("#version-1")).to_contain_text("Shown now")
    await other.wait_for_function(f"{FILL} === '{GREEN}'")


async def test_the_draft_is_seen_by_the_admin_alone(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page, other = await new_page(owner=owner), await new_page(owner=owner)
    await page.goto(deployment.url(EDITOR, owner.slug))
    await page.locator("#accent").fill(GREEN)
    await page.get_by_role("button", name="See it on my pages").click()
    await expect(page.locator(".draft-bar")).to_be_visible()
    assert await page.evaluate(FILL) == GREEN
    await other.goto(deployment.url("/", owner.slug))
    assert await other.evaluate(FILL) != GREEN
    await page.get_by_role("button", name="Show what everyone sees").click()
    await expect(page.locator(".draft-bar")).to_have_count(0)
    assert await page.evaluate(FILL) != GREEN


async def test_without_scripts_a_draft_can_be_saved_and_published(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(owner=owner, scripts=False)
    await page.goto(deployment.url(EDITOR, owner.slug))
    await page.locator("#accent").fill(FAINT)
    await page.get_by_role("button", name="Save draft").click()
    await page.get_by_role("button", name="instead").click()
    await expect(page.locator("[data-brand-take]")).to_have_count(0)
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.get_by_text("Publishing your brand").first).to_be_visible()
