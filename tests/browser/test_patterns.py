"""The pattern page in every theme, mode and language, at three widths: nothing overflows, is cut off, left in English,
hard to read or out of the keyboard's reach. Each check is shown to find what it is there for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.i18n.pseudo import PSEUDO_LOCALES
from core.settings import ROOT
from tests.browser.test_accessibility import AXE, serious
from tests.browser.test_pseudo import DATA, PSEUDO, READ, RELATIVE

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment

WALK = Path(__file__).with_name("walking.js").read_text("utf-8")
THEMES = sorted(file.parent.name for file in (ROOT / "themes").glob("*/theme.toml"))
SCHEMES = ("light", "dark")
WIDTHS = (360, 768, 1440)
LANGUAGES = sorted({"en", *(folder.parent.name for folder in (ROOT / "locales").glob("*/LC_MESSAGES")), PSEUDO})
SAMPLES = (
    r"Sommerfest 2026 \(final\)\.jpg", r"Rahmenvertrag mit der Stadtverwaltung \(unterschrieben\)\.pdf", r"\b\d+\.11\.",
    r"\bSommerfest 2026\b", r"\b(?:Berlin|Madrid|Tokyo|acme|EUR|AL|CB|GH|AT)\b", r"[\d.]+ (?:kB|MB|GB) ⟧?", r"\bCtrl\b",
)  # fmt: skip
"""Data that the pattern page shows: names of files, places, people."""


async def patterns(deployment: Deployment, new_page: NewPage, language: str = "en", width: int = 1440) -> Page:
    """Open the pattern page, ready to be walked."""
    page = await new_page(width=width)
    await page.goto(f"{deployment.url('/patterns')}?lang={language}")
    assert await page.evaluate("document.documentElement.lang") in {language, PSEUDO_LOCALES.get(language)}
    await page.evaluate(WALK)
    await page.evaluate("keys => walking.prepare(keys)", THEMES)
    return page


async def at(page: Page, width: int) -> None:
    """Give the window a width."""
    await page.set_viewport_size({"width": width, "height": 900})


async def faults(page: Page, check: str) -> list[str]:
    """What one of the checks of walking.js finds."""
    found: list[str] = await page.evaluate(f"walking.{check}()")
    return found


def test_there_is_something_to_walk() -> None:
    assert len(THEMES) >= 5
    assert len(LANGUAGES) >= 8


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_overflows_or_is_cut_off(deployment: Deployment, new_page: NewPage, language: str) -> None:
    page = await patterns(deployment, new_page, language)
    found = []
    for width in WIDTHS:
        await at(page, width)
        for theme in THEMES:
            for scheme in SCHEMES:
                await page.evaluate("([theme, scheme]) => walking.wear(theme, scheme)", [theme, scheme])
                seen = await faults(page, "overflow") + await faults(page, "clipped")
                found += [f"{language} {theme} {scheme} {width}: {fault}" for fault in seen]
    assert not found, "\n".join(found)


async def test_everything_is_translatable(deployment: Deployment, new_page: NewPage) -> None:
    assert await untranslated(await patterns(deployment, new_page, PSEUDO)) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("theme", THEMES)
async def test_everybody_can_read_and_use_it(
    deployment: Deployment, new_page: NewPage, theme: str, language: str
) -> None:
    page = await patterns(deployment, new_page, language)
    await page.evaluate(AXE)
    found = []
    for scheme in SCHEMES:
        await page.evaluate("([theme, scheme]) => walking.wear(theme, scheme)", [theme, scheme])
        seen = await serious(page) + await faults(page, "focus")
        found += [f"{language} {theme} {scheme}: {fault}" for fault in seen]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_tab_reaches_everything(deployment: Deployment, new_page: NewPage, language: str, width: int) -> None:
    page = await patterns(deployment, new_page, language, width)
    assert await unreached(page) == []


async def unreached(page: Page) -> list[str]:
    """What can have the focus, and is not met by pressing Tab from the top of the page to its end."""
    wanted = await page.evaluate("(window.wanted = walking.stops()).length")
    # Some controls have several stops inside: the parts of a date.
    for _ in range(wanted + 40):
        await page.keyboard.press("Tab")
        left = await page.evaluate("() => (wanted = wanted.filter((e) => e !== document.activeElement)).length")
        if not left:
            return []
    rest: list[str] = await page.evaluate("wanted.map(walking.path)")
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
CUT = "{overflow: 'hidden', inlineSize: '20px', whiteSpace: 'nowrap'}"
TIGHT = "{inlineSize: '10px', padding: 0, whiteSpace: 'nowrap'}"
PLANTED: dict[str, tuple[str, str]] = {
    "an element wider than the page": (
        "document.querySelector('.badge').style.minInlineSize = '5000px'",
        "overflow",
    ),
    "a text that is cut off": (
        f"Object.assign(document.querySelector('h2').style, {CUT})",
        "clipped",
    ),
    "a text that stands out of its button": (
        f"Object.assign(document.querySelector('#buttons .button').style, {TIGHT})",
        "clipped",
    ),
    "a ring that is taken away": ("document.querySelector('#buttons .button').style.outline = 'none'", "focus"),
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_a_planted_fault_is_found(deployment: Deployment, new_page: NewPage, fault: str) -> None:
    page = await patterns(deployment, new_page)
    change, check = PLANTED[fault]
    assert await faults(page, check) == []
    await page.evaluate(change)
    assert await faults(page, check)


async def test_planted_pale_ink_is_found(deployment: Deployment, new_page: NewPage) -> None:
    page = await patterns(deployment, new_page)
    await page.evaluate("document.querySelector('h2').style.color = '#bbb'")
    assert any("color-contrast" in fault for fault in await serious(page))


async def test_planted_english_is_found(deployment: Deployment, new_page: NewPage) -> None:
    page = await patterns(deployment, new_page, PSEUDO)
    before = await untranslated(page)
    await page.evaluate("document.querySelector('h2').textContent = 'Plain English'")
    assert any("Plain English" in text for text in set(await untranslated(page)) - set(before))


async def test_a_planted_trap_is_found(deployment: Deployment, new_page: NewPage) -> None:
    page = await patterns(deployment, new_page)
    await page.evaluate(TRAP)
    assert await unreached(page)
