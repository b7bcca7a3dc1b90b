"""Walks the product's pages: each is opened once, and everything that can be asked of a page is asked then.

The pages come from the URL map and from the links on them, so that a new page is walked without a word here.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Error as PlaywrightError

from core.settings import ROOT
from tests.support.surfing import idle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from playwright.async_api import BrowserContext, Page

    from tests.browser.site import Site

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """(rules) => axe.run(document, {
  runOnly: rules ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then(({ violations }) => violations.map(({ id, impact, nodes }) =>
  ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary) })))"""
SERIOUS = ("serious", "critical")
VISUAL = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
"""Axe's rules that a sheet can break; the others look at the elements, which are the same in every theme and width."""

WALK = Path(__file__).with_name("walking.js").read_text("utf-8")
READ = Path(__file__).with_name("reading.js").read_text("utf-8")
STAY = """document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-reload-online]")?.removeAttribute("data-reload-online");
})"""
"""Lets the page for times without a connection be looked at: with a server that answers it goes elsewhere by itself."""

WIDTHS = (360, 390, 768, 1440)
DIRECTIONS = ("ltr", "rtl")
LAID_OUT = ("overflow", "clipped", "narrow", "covering")
HEIGHT = 900
LOOKS: dict[int, tuple[Literal["light", "dark"], Sequence[str] | None]] = {390: ("dark", None), 1440: ("light", VISUAL)}
"""At which of the widths axe looks, in which colours, and by which rules: its other rules look at the elements."""
PATTERNS = "/patterns"
"""Has tests of its own, in every theme."""

PAGES_A_RULE = 2
"""How many pages of a rule with an id are opened: their texts differ by state, not by id."""


class Walker:
    """Opens pages one after the other, each address once, and keeps what is wrong with them."""

    def __init__(self, site: Site, context: BrowserContext, data: Iterable[str], *, whole: bool = False) -> None:
        """``data`` is what people have written, as regular expressions of JavaScript; ``whole`` looks at all looks."""
        self._site, self._context, self._whole = site, context, whole
        self._data = list(data)
        self._rules: Counter[str] = Counter()
        self._seen: set[str] = set()
        self.found: list[str] = []
        self.read = self._looked_at = 0

    async def walk(self, urls: Iterable[str]) -> None:
        """Look at the pages at ``urls`` and those that they link to."""
        await self._context.add_init_script(STAY)
        queue = list(urls)
        while queue:
            url = queue.pop(0).partition("#")[0]
            if url in self._seen or not self._is_wanted(url):
                continue
            self._seen.add(url)
            queue += await self._visit(url)

    async def look(self, page: Page, html: str | None = None) -> None:
        """Read what a page says now, or an answer that is not shown."""
        where = urlsplit(page.url).path
        self.found += [f"{where} says {text}" for text in await page.evaluate(READ, [self._data, html])]
        self.read += 1

    def _is_wanted(self, url: str) -> bool:
        rule = self._site.rule_of(url)
        if rule is None:
            return url.endswith("/nothing-here")
        self._rules[rule] += 1
        return self._rules[rule] <= PAGES_A_RULE

    def _is_new(self, landed: str, url: str) -> bool:
        """Whether it has not been looked at: many addresses send on, and a query only chooses from the same page."""
        return (landed == url or landed not in self._seen) and (self._whole or "?" not in landed)

    async def _visit(self, url: str) -> list[str]:
        # In a tab of its own: what the page before still does, such as going elsewhere, is not cut off by this one.
        page = await self._context.new_page()
        try:
            answer = await page.goto(url, wait_until="domcontentloaded")
            if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
                return []
            is_whole_page = bool(
                await page.locator("#main").count()
            )  # the addresses of slots answer with a part of one
            if is_whole_page:
                await idle(page)
            await self.look(page)
            links: list[str] = await page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
            landed = page.url.partition("#")[0]
            if is_whole_page and not url.endswith(PATTERNS) and self._is_new(landed, url):
                self._seen.add(landed)
                self.found += await self._in_looks(page)
            return [urljoin(url, link) for link in links]
        except PlaywrightError as error:
            if "Download is starting" in error.message:
                return []
            raise
        finally:
            await page.close()

    async def _in_looks(self, page: Page) -> list[str]:
        """What is wrong at each width, in either direction; in light where it is wide, in dark where it is narrow.

        The next page is turned the other way round; when the whole is asked for, each is turned both ways.
        """
        self._looked_at += 1
        found: list[str] = []
        await page.evaluate(WALK)
        for number, width in enumerate(WIDTHS):
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            if width in LOOKS:
                scheme, rules = LOOKS[width]
                await page.emulate_media(color_scheme=scheme)
                found += [f"{width} {scheme} {fault}" for fault in await serious(page, rules)]
            for direction in DIRECTIONS if self._whole else [DIRECTIONS[(number // 2 + self._looked_at) % 2]]:
                faults = await page.evaluate("walking.turned", [direction, LAID_OUT])
                found += [f"{page.url} {width} {direction}: {fault}" for fault in faults]
            await page.evaluate("walking.turned", ["ltr", []])
        return found


async def serious(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """What axe finds and calls serious or critical, by all its rules or by some."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    found: list[dict[str, Any]] = await page.evaluate(RUN, rules)
    return [f"{page.url} {rule['id']}: {node}" for rule in found if rule["impact"] in SERIOUS for node in rule["nodes"]]
