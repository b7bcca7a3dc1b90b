"""Themes in a real browser: the first frame is right already, and colours are what is calculated of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.theming import MODES, Themes

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

ROOT = Path(__file__).resolve().parents[2]

FIRST_FRAME = """
addEventListener('DOMContentLoaded', () => requestAnimationFrame(() => {
  window.__first = getComputedStyle(document.documentElement).backgroundColor;
}));
"""
COLOURS = """(names) => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  return names.map((name) => {
    const probe = document.createElement('i'); // a new one each: a change of colour would pass by a transition
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = getComputedStyle(probe).color; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  });
}"""
POKES_OUT = """(boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.innerText)"""
ROUNDING = 2


async def _choose(page: Page, base: str, section: str, value: str) -> None:
    await page.goto(f"{base}/preferences")
    form = page.locator(f"#{section}")
    await form.locator(f'input[value="{value}"]').check()
    async with page.expect_navigation():
        await form.get_by_role("button", name="Save").click()


async def test_the_first_frame_is_in_the_chosen_colours(
    new_page: NewPage, owner: Owner, deployment: Deployment
) -> None:
    page = await new_page(owner=owner, scheme="light")
    base = deployment.url("", owner.slug)
    await _choose(page, base, "colour-scheme", "dark")
    await _choose(page, base, "theme", "paper")
    assert await page.get_by_role("status").filter(has_text="Saved").count() == 1

    await page.add_init_script(FIRST_FRAME)
    answer = await page.goto(f"{base}/")
    assert answer is not None
    source = await answer.text()
    assert re.search(r'<html [^>]*data-theme="paper" data-colour-scheme="dark"', source)
    assert '<meta name="color-scheme" content="dark">' in source
    await page.wait_for_function("window.__first !== undefined")
    wanted = Themes.load(ROOT / "themes").palette("paper").colour("page", "dark").rgb
    assert await page.evaluate("window.__first") == f"rgb({wanted[0]}, {wanted[1]}, {wanted[2]})"


async def test_choices_fit_their_boxes_on_a_phone_and_stand_in_columns_on_a_desk(
    new_page: NewPage, owner: Owner, deployment: Deployment
) -> None:
    page = await new_page(owner=owner)
    base = deployment.url("", owner.slug)
    await page.set_viewport_size({"width": 360, "height": 800})
    await page.goto(f"{base}/preferences")
    await page.locator('#language input[value="fr"]').check()
    async with page.expect_navigation():
        await page.locator("#language .preference__actions button").click()
    assert await page.locator("html").get_attribute("lang") == "fr"
    assert await page.locator(".option:visible").count() > 10
    assert await page.locator(".option").evaluate_all(POKES_OUT) == []

    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.goto(f"{base}/admin/files")
    columns = await page.locator('input[name="refused"]').evaluate_all("(boxes) => boxes.map((box) => box.offsetLeft)")
    assert len(set(columns)) >= 3, columns


async def test_a_browser_calculates_the_colours_that_were_checked(
    new_page: NewPage, owner: Owner, deployment: Deployment
) -> None:
    page = await new_page(owner=owner)
    base = deployment.url("", owner.slug)
    themes = Themes.load(ROOT / "themes")
    differing = []
    for key in themes.keys:
        await _choose(page, base, "theme", key)
        for mode in MODES:
            await page.evaluate("(mode) => { document.documentElement.dataset.colourScheme = mode; }", mode)
            opaque = {name: colour for name, colour in themes.palette(key).colours(mode).items() if colour.alpha == 1}
            shown = await page.evaluate(COLOURS, list(opaque))
            differing += [
                (key, mode, name, colour.rgb, tuple(there[:3]))
                for (name, colour), there in zip(opaque.items(), shown, strict=True)
                if max(abs(one - other) for one, other in zip(colour.rgb, there, strict=False)) > ROUNDING
            ]
    assert differing == []
