"""Controls, slots, texts and times as scripts keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Page, expect

from core.i18n import Catalogues
from core.settings import ROOT
from tests.web.kit import screen
from web.runs import (
    routes as runs_routes,  # noqa: F401  # hangs the bar on it
)

if TYPE_CHECKING:
    from tests.support.tenant_fixtures import TwoTenants


pytestmark = pytest.mark.browser


async def test_controls(page: Page) -> None:
    await page.click("#opener")
    assert await page.evaluate("document.querySelector('#ask').open")
    await page.click("#closer")
    assert not await page.evaluate("document.querySelector('#ask').open")

    await page.click("#menu summary")
    await page.keyboard.press("Escape")
    assert not await page.evaluate("document.querySelector('#menu').open")
    await page.click("#menu summary")
    await page.click("h1")
    assert not await page.evaluate("document.querySelector('#menu').open")

    await page.click("#copier")
    await page.wait_for_selector("#copier[data-copied]")
    assert await page.evaluate("navigator.clipboard.readText()") == "copied text"

    await expect(page.locator("#slot-elsewhere-recent")).to_have_attribute("data-failed", "")
    await expect(page.locator("#slot-elsewhere-recent .slot__retry button")).to_be_visible()
    assert not await page.locator("#toasts .toast").count(), "a slot's failure is told by its own button"
    await page.evaluate("htmx.ajax('GET', '/nothing', { target: '#run-x' })")
    await expect(page.locator("#toasts .toast").first).to_be_visible()
    await page.locator("#toasts [data-toast-close]").first.click()
    await expect(page.locator("#toasts .toast")).to_have_count(0)


async def test_each_slot_fails_for_itself_and_can_be_asked_again(page: Page, two_tenants: TwoTenants) -> None:
    screen.state["broken"] = 1
    await page.goto(two_tenants.acme.url("/screen/slots"))
    await expect(page.locator("#fine-part")).to_be_visible()
    await expect(page.locator("#late-part")).to_be_visible()
    for name in ("elsewhere-recent", "screen-raises"):
        await expect(page.locator(f"#slot-{name}")).to_have_attribute("data-failed", "")
    assert not await page.locator(".toast").count(), "a slot's failure is told by its own button"
    screen.state["broken"] = 0
    await page.locator("#slot-screen-raises").get_by_role("button", name="Try again").click()
    await expect(page.locator("#mended")).to_be_visible()
    await expect(page.locator("#slot-elsewhere-recent")).to_be_visible()


async def test_scripts_fill_texts_as_the_server_does(page: Page) -> None:
    """Told of values in both directions: nothing is marked that turns nothing, and no mark is left open."""

    async def filled(text: str, direction: str, **values: str | int) -> str:
        said = await page.evaluate(
            "([text, direction, values]) => { html.dir = direction; return filled(text, values); }",
            [text, direction, values],
        )
        return str(said)

    assert await filled("{done}:1", "rtl", done=1200) == "1,200:1"
    for name in ("report (1).pdf", "قائمة (1).pdf", "\u2069\u202e(x", "-5", ""):
        for locale, direction in (("en", "ltr"), ("ar", "rtl")):
            voice = Catalogues.load(ROOT / "locales").speaker(locale)
            for text in ("Uploading {name}", "«{name}» {other}"):
                assert await filled(text, direction, name=name) == voice.filled(text, {"name": name})


async def test_times_stay_true_as_the_server_would_say_them(page: Page) -> None:
    now = datetime.now(UTC)
    spans = (-200_000, -3500, -89, -70, -46, -44, -1, 0, 1, 29, 44, 46, 70, 3500, 7000, 86_000)
    said = await page.evaluate("(spans) => spans.map(relative)", spans)
    voice = Catalogues.load(ROOT / "locales").speaker("en")
    assert said == [voice.relative(now + timedelta(seconds=span), now) for span in spans]
    assert await page.evaluate("relative(7 * 86400) ?? null") is None
