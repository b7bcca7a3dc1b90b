"""What is asked of a page that is open: its texts, what axe finds, and how it is laid out in each of its looks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from playwright.async_api import Page

    from tests.browser.walker import Walk

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """([rules, region]) => axe.run(region ?? document, {
  runOnly: rules ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  preload: false,
}).then(({ violations }) => violations.map(({ id, impact, nodes }) =>
  ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary) })))"""
SERIOUS = ("serious", "critical")
VISUAL = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
"""Axe's rules that a sheet can break; the others look at the elements, which are the same in every theme and width."""

WALK = Path(__file__).with_name("walking.js").read_text("utf-8")
READ = Path(__file__).with_name("reading.js").read_text("utf-8")
GLANCE = f"""([url, html, data]) => {{
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const links = [...parsed.querySelectorAll("a[href]")].map((link) => new URL(link.getAttribute("href"), url).href);
  return {{ links, whole: Boolean(parsed.getElementById("main")), found: data ? ({READ})([data, html]) : [] }};
}}"""
"""What an answer says and links to, and whether it is a whole page."""

WIDTHS = (360, 390, 768, 1440)
DIRECTIONS = ("ltr", "rtl")
LAID_OUT = ("overflow", "clipped", "narrow", "covering")
HEIGHT = 900
UNFOLDED = (390, 360)
"""Where what folds is opened: there it has the least room. The next page is unfolded at the other."""
OPENED_AT = (390, 1440)
"""Where menus and dialogs are opened."""
OPENED, OPENED_OF_ALL = 2, 6
"""How many of a kind are opened on a page."""
LOOKS: dict[int, tuple[Literal["light", "dark"], Sequence[str] | None]] = {390: ("dark", None), 1440: ("light", VISUAL)}
"""At which of the widths axe looks, in which colours, and by which rules: its other rules look at the elements."""


async def looked_at(page: Page, number: int, walk: Walk, *, is_first: bool) -> list[str]:
    """What is wrong with an open page at each width, in either direction.

    ``number`` says what it meets where it does not meet the whole: the next page is turned the other way round. What
    stands around the content is looked at on the page that ``is_first`` on its host.
    """
    found: list[str] = []
    region = None if is_first or walk.whole else "#main"
    await page.evaluate(WALK)
    own: str = await page.evaluate("document.dir")
    around, most = ("body" if is_first else "#main"), (OPENED_OF_ALL if walk.whole else OPENED)
    for place, width in enumerate(WIDTHS):
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        if walk.data is not None and width in _axe_looks_at(number, whole=walk.whole):
            found += await _by_axe(page, width, region, whole=walk.whole)
        for direction in _turns(own, number + place // 2, walk):
            unfolds = walk.whole or width == UNFOLDED[number % len(UNFOLDED)]
            opens = walk.whole or width == OPENED_AT[number % len(OPENED_AT)]
            call = [direction, LAID_OUT, unfolds, most if opens else 0, around]
            faults = await page.evaluate("walking.looked", call)
            found += [f"{page.url} {width} {direction}: {fault}" for fault in faults]
    return found


def _axe_looks_at(number: int, *, whole: bool) -> Iterable[int]:
    return LOOKS if whole else [list(LOOKS)[number % len(LOOKS)]]


def _turns(own: str, number: int, walk: Walk) -> Sequence[str]:
    if own == "rtl":
        return [own]
    return DIRECTIONS if walk.whole else [DIRECTIONS[number % len(DIRECTIONS)]]


async def _by_axe(page: Page, width: int, region: str | None, *, whole: bool) -> list[str]:
    scheme, rules = LOOKS[width]
    await page.emulate_media(color_scheme=scheme)
    return [f"{width} {scheme} {fault}" for fault in await serious(page, rules if whole else None, region)]


async def serious(page: Page, rules: Sequence[str] | None = None, region: str | None = None) -> list[str]:
    """What axe finds and calls serious or critical, by all its rules or by some, on the page or in a part of it."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    found: list[dict[str, Any]] = await page.evaluate(RUN, [rules, region])
    return [f"{page.url} {rule['id']}: {node}" for rule in found if rule["impact"] in SERIOUS for node in rule["nodes"]]
