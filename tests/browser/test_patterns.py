"""The pattern page in themes, modes, languages and widths, in pairs or whole (``bin/test --whole``).

Nothing overflows, is cut off, left in English, hard to read or out of the keyboard's reach. Each check is shown to find
what it is there for.
"""

from __future__ import annotations

from itertools import groupby, product
from operator import itemgetter
from typing import TYPE_CHECKING

import pytest

from core.i18n.pseudo import PSEUDO_LOCALES
from core.settings import ROOT
from tests.browser.looking import READ, VISUAL, WALK, serious
from tests.browser.test_every_page import DATA, PSEUDO, RELATIVE
from tests.support.matrix import WHOLE, Cell, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment

THEMES = sorted(file.parent.name for file in (ROOT / "themes").glob("*/theme.toml"))
SCHEMES = ("light", "dark")
WIDTHS = (360, 768, 1440)
FOCUS_WIDTHS = (360, 1440)
"""What can have the focus differs between a phone and a wide screen."""

PARTS = 11
LANGUAGES = sorted({"en", *(folder.parent.name for folder in (ROOT / "locales").glob("*/LC_MESSAGES")), PSEUDO})
READ_BY_AXE = ("en", "ar")
"""One language of each direction: what axe's other rules look at are the elements, the same in every language."""
TABBED = (("en", 1440), ("ar", 360))
"""Each language and each width once, unless the whole is asked for."""
SAMPLES = (
    r"Sommerfest 2026 \(final\)\.jpg", r"Rahmenvertrag mit der Stadtverwaltung \(unterschrieben\)\.pdf", r"\b\d+\.11\.",
    r"\bSommerfest 2026\b", r"\b(?:Berlin|Madrid|Tokyo|acme|EUR|AL|CB|GH|AT)\b", r"[\d.]+ (?:kB|MB|GB) ⟧?", r"\bCtrl\b",
)  # fmt: skip
"""Data that the pattern page shows: names of files, places, people."""


async def patterns(
    deployment: Deployment, new_page: NewPage, language: str = "en", width: int = 1440, direction: str = ""
) -> Page:
    """Open the pattern page, ready to be walked."""
    page = await new_page(width=width)
    await page.goto(f"{deployment.url('/patterns')}?lang={language}&dir={direction}")
    assert await page.evaluate("document.documentElement.lang") in {language, PSEUDO_LOCALES.get(language)}
    assert await page.locator("main > .section").count() == PARTS
    await page.evaluate(WALK)
    await page.evaluate("keys => walking.prepare(keys)", THEMES)
    return page


async def in_looks(page: Page, looks: Sequence[Cell]) -> list[str]:
    """What the checks of walking.js find in each look: (width, theme, scheme)."""
    found: list[str] = []
    for width, group in groupby(sorted(looks, key=itemgetter(0)), itemgetter(0)):
        await page.set_viewport_size({"width": int(width), "height": 900})
        checks = ["overflow", "clipped", *(["focus"] if width in FOCUS_WIDTHS else [])]
        faulty: list[str] = await page.evaluate("walking.inLooks", [[look[1:] for look in group], checks])
        found += [f"{width} {fault}" for fault in faulty]
    return found


async def faults(page: Page, check: str) -> list[str]:
    """What one of the checks of walking.js finds."""
    found: list[str] = await page.evaluate(f"walking.{check}()")
    return found


def test_there_is_something_to_walk() -> None:
    assert len(THEMES) >= 5
    assert len(LANGUAGES) >= 8


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_can_read_and_use_it(
    deployment: Deployment, new_page: NewPage, pytestconfig: pytest.Config, language: str
) -> None:
    page = await patterns(deployment, new_page, language)
    looks = [cell[1:] for cell in cells(pytestconfig, LANGUAGES, WIDTHS, THEMES, SCHEMES) if cell[0] == language]
    found = await in_looks(page, looks)
    if language in READ_BY_AXE or pytestconfig.getoption(WHOLE):
        found += await serious(page)
    assert not found, "\n".join(found)


async def test_no_theme_breaks_what_a_sheet_can_break(deployment: Deployment, new_page: NewPage) -> None:
    """In each theme and scheme, but in one language: letters take the same colours in all."""
    page = await patterns(deployment, new_page)
    found = []
    for theme, scheme in product(THEMES, SCHEMES):
        await page.evaluate("([theme, scheme]) => walking.wear(theme, scheme)", [theme, scheme])
        found += [f"{theme} {scheme}: {fault}" for fault in await serious(page, VISUAL)]
    assert not found, "\n".join(found)


async def test_the_direction_can_be_turned(
    deployment: Deployment, new_page: NewPage, pytestconfig: pytest.Config
) -> None:
    """What is made for both directions holds in each, whatever the language: no word of Arabic helps."""
    page = await patterns(deployment, new_page, PSEUDO, direction="rtl")
    found = await in_looks(page, cells(pytestconfig, WIDTHS, THEMES, SCHEMES))
    assert not found, "\n".join(found)


async def test_everything_is_translatable(deployment: Deployment, new_page: NewPage) -> None:
    page = await patterns(deployment, new_page, PSEUDO)
    assert await untranslated(page) == []
    await page.evaluate("document.querySelector('h2').textContent = 'Plain English'")
    assert any("Plain English" in text for text in await untranslated(page))


async def test_tab_reaches_everything(deployment: Deployment, new_page: NewPage, pytestconfig: pytest.Config) -> None:
    whole = [(language, width) for language in READ_BY_AXE for width in FOCUS_WIDTHS]
    for language, width in whole if pytestconfig.getoption(WHOLE) else TABBED:
        page = await patterns(deployment, new_page, language, width)
        assert await unreached(page) == [], (language, width)


async def unreached(page: Page) -> list[str]:
    """What can have the focus, and is not met by pressing Tab from the top of the page to its end."""
    left = await page.evaluate("walking.follow()")
    while left:
        # Some controls have several stops inside: the parts of a date.
        for _ in range(left + 10):
            await page.keyboard.press("Tab")
        before, left = left, await page.evaluate("walking.left().length")
        if left == before:
            break
    rest: list[str] = await page.evaluate("walking.left()")
    return rest


async def untranslated(page: Page) -> list[str]:
    """What stands on the page without the brackets of the pseudo-language."""
    found: list[str] = await page.evaluate(READ, [[*DATA, *SAMPLES, *await relative_times(page)], None])
    return found


async def relative_times(page: Page) -> list[str]:
    """What Intl writes for the sample times of the page."""
    options = [[-minutes, "minute"] for minutes in range(1, 15)]
    found: list[str] = await page.evaluate(RELATIVE, ["en", options])
    return found


TRAP = """() => addEventListener("keydown", (e) => {
  if (e.key === "Tab" && document.activeElement.closest("#words")) e.preventDefault();
}, true)"""
PLANTED: dict[str, tuple[str, str, str]] = {
    "an element wider than the page": (".badge", "min-inline-size: 5000px", "overflow"),
    "a text that is cut off": ("h2", "overflow: hidden; inline-size: 20px; white-space: nowrap", "clipped"),
    "a text that stands out of its button": (
        "#buttons .button",
        "inline-size: 10px; padding: 0; white-space: nowrap",
        "clipped",
    ),
    "a ring that is taken away": ("#buttons .button", "outline: none", "focus"),
}


async def test_planted_faults_are_found(deployment: Deployment, new_page: NewPage) -> None:
    page = await patterns(deployment, new_page)
    for fault, (selector, style, check) in PLANTED.items():
        assert await faults(page, check) == []
        element = page.locator(selector).first
        await element.evaluate("(element, style) => element.style.cssText = style", style)
        assert await faults(page, check), fault
        await element.evaluate("element => element.removeAttribute('style')")
    await page.evaluate("document.querySelector('h2').style.color = '#bbb'")
    assert any("color-contrast" in fault for fault in await serious(page, VISUAL))
    await page.evaluate(TRAP)
    assert await unreached(page)
