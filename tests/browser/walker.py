"""Walks the product's pages: each is opened once, and everything that can be asked of a page is asked then.

The pages come from the URL map and from the links on them, so that a new page is walked without a word here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx
from playwright.async_api import Error as PlaywrightError

from tests.browser.looking import GLANCE, READ, looked_at
from tests.support.surfing import idle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from playwright.async_api import BrowserContext, Page

    from tests.browser.site import Site

STAY = """document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-reload-online]")?.removeAttribute("data-reload-online");
})"""
"""Lets the page for times without a connection be looked at: with a server that answers it goes elsewhere by itself."""

PATTERNS = "/patterns"
"""Has tests of its own, in every theme."""

PAGES_A_RULE, PAGES_OF_ALL = 2, 12
"""How many pages of a rule with an id are opened: their texts differ by state, not by id; of the whole, each state."""

TABS = 2
"""A machine with few processors gains nothing by more: one page is laid out while another is made."""

A_PAGE_TAKES = 300.0
"""Seconds after which a page hangs: the walk says which."""


@dataclass(frozen=True)
class Walk:
    """What is asked of the pages, and by whom."""

    language: str
    data: Sequence[str] | None = None
    """What people have written, as regular expressions of JavaScript; None where texts are not read."""
    whole: bool = False
    """Every page of a rule, and each in all looks, not in those in which every two of their values meet."""
    firefox: bool = False
    """Layout alone, by one tab: Firefox lets those behind it sleep."""


class Walker:
    """Opens pages, each address once, and keeps what is wrong with them."""

    def __init__(self, site: Site, context: BrowserContext, walk: Walk) -> None:
        self._site, self._context, self._walk = site, context, walk
        self._rules: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._reader: Page | None = None
        self._reading = asyncio.Lock()
        self._hosts: set[str] = set()
        self._tabs = asyncio.Semaphore(1 if walk.firefox else TABS)
        self._met = 0
        self.found: list[str] = []
        self.read = self.looked = 0

    async def walk(self, urls: Iterable[str], *, follow: bool = True) -> None:
        """Look at the pages at ``urls`` and, to ``follow``, those that they link to."""
        await self._context.add_init_script(STAY)
        queue = list(urls)
        async with httpx.AsyncClient(timeout=A_PAGE_TAKES) as client:
            while batch := self._next(queue):
                async with asyncio.TaskGroup() as tabs:
                    visits = [tabs.create_task(self._visit(client, number, url)) for number, url in batch]
                queue = [link for visit in visits for link in visit.result()] if follow else []

    async def look(self, page: Page, html: str | None = None) -> None:
        """Read what a page says now, or an answer that is not shown."""
        if self._walk.data is not None:
            self._say(page.url, await page.evaluate(READ, [self._walk.data, html]))
        self.read += 1

    def _next(self, queue: Iterable[str]) -> list[tuple[int, str]]:
        batch: list[tuple[int, str]] = []
        for url in (found.partition("#")[0] for found in queue):
            if url not in self._seen and self._is_wanted(url):
                self._seen.add(url)
                batch.append((self._met, url))
                self._met += 1
        return batch

    def _is_wanted(self, url: str) -> bool:
        rule = self._site.rule_of(url)
        if rule is None:
            return url.endswith("/nothing-here")
        self._rules[rule] += 1
        return self._rules[rule] <= (PAGES_OF_ALL if self._walk.whole else PAGES_A_RULE)

    async def _visit(self, client: httpx.AsyncClient, number: int, url: str) -> list[str]:
        async with self._tabs, asyncio.timeout(A_PAGE_TAKES):
            try:
                links = await self._glance(client, url)
                return await self._open(number, url) if links is None else links
            except TimeoutError as error:
                raise AssertionError(f"{url} hangs") from error

    async def _glance(self, client: httpx.AsyncClient, url: str) -> list[str] | None:
        """Read an answer that need not be opened, and give its links; None for a page that is to be looked at.

        Most addresses are parts of pages, lead elsewhere or choose from a page that has been looked at.
        """
        html = await self._answer(client, url)
        if not html:
            return []
        if html.startswith("http"):
            return [html]
        async with self._reading:
            self._reader = self._reader or await self._context.new_page()
        glance = await self._reader.evaluate(GLANCE, [url, html, self._walk.data])
        if glance["whole"] and self._is_new(url, url):
            return None
        self._say(url, glance["found"])
        self.read += 1
        links: list[str] = glance["links"]
        return links

    async def _answer(self, client: httpx.AsyncClient, url: str) -> str:
        """The HTML that is answered, or the address that is told instead, or nothing."""
        parts = urlsplit(url)
        cookies = "; ".join(f"{each['name']}={each['value']}" for each in await self._context.cookies([url]))
        headers = {
            "Host": parts.netloc,
            "Accept": "text/html",
            "Accept-Language": self._walk.language,
            "Cookie": cookies,
        }
        here = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()  # names below localhost: browsers alone know
        async with client.stream("GET", here, headers=headers) as answer:
            if "location" in answer.headers:
                return urljoin(url, answer.headers["location"])
            if not answer.headers.get("content-type", "").startswith("text/html"):
                return ""
            return (await answer.aread()).decode()

    async def _open(self, number: int, url: str) -> list[str]:
        # In a tab of its own: what the page before still does, such as going elsewhere, is not cut off by this one.
        page = await self._context.new_page()
        try:
            answer = await page.goto(url, wait_until="domcontentloaded")
            if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
                return []
            is_whole_page = bool(await page.locator("#main").count())
            if is_whole_page:
                await idle(page)
            await self.look(page)
            links: list[str] = await page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
            landed = page.url.partition("#")[0]
            if is_whole_page and not url.endswith(PATTERNS) and self._is_new(landed, url):
                self._seen.add(landed)
                host = urlsplit(landed).netloc
                is_first = host not in self._hosts
                self._hosts.add(host)
                self.looked += 1
                self.found += await looked_at(page, number, self._walk, is_first=is_first)
        except PlaywrightError as error:
            if "Download is starting" in error.message:
                return []
            raise
        else:
            return links
        finally:
            await page.close()

    def _is_new(self, landed: str, url: str) -> bool:
        """Whether it has not been looked at: many addresses send on, and a query only chooses from the same page."""
        return (landed == url or landed not in self._seen) and (self._walk.whole or "?" not in landed)

    def _say(self, url: str, texts: Iterable[str]) -> None:
        self.found += [f"{urlsplit(url).path} says {text}" for text in texts]
