"""Every page in the pseudo-language: what stands on it without brackets, no translator can reach.

The pages come from the URL map and from the links on them, so that a new page is read without a word here. What is
data, not text, is marked ``translate="no"`` in its template, or is one of ``DATA``.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.async_api import Error as PlaywrightError

from core.i18n import Catalogues, Speaker
from core.i18n.literals import EXAMPLES
from core.identity import Look
from core.settings import ROOT
from tests.browser.site import Site
from tests.browser.test_accessibility import fill
from tests.support.surfing import Watch, idle
from web.kit.security import DEVICE_COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.async_api import BrowserContext, Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

READ = Path(__file__).with_name("reading.js").read_text("utf-8")
PSEUDO = "en-XA"
DATA = (
    r"\bADX\b",
    r"[\w.+-]+@[\w.-]+",  # e-mail addresses
    r"[\w .()-]+\.(?:jpg|jpeg|png|webp|txt|pdf|exe|csv|zip|mp4|docx)\b",  # file names
    r"\b(?:[\w-]+\.)+(?:localhost|example\.com)\b(?::\d+)?",  # hosts
    r"\b\d+ \w{3,4} \d{4}(?:, [\d:]+)?",  # what Babel writes: dates
    r"\b(?:in \d+ \w+|\d+ \w+ ago)\b",
    rf"\b(?:{'|'.join(EXAMPLES)})\b",
)
"""What people, machines and Babel write, as regular expressions of JavaScript."""

MOST_TOLD = 40
PAGES_A_RULE = 2
"""How many pages of a rule with an id are read: their texts differ by state, not by id."""

RELATIVE = """([locale, options]) => {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "always", numberingSystem: "latn" });
  return options.map(([amount, unit]) => words.format(amount, unit));
}"""


REFUSED = """async ([path, headers]) => {
  const answer = await fetch(path, { method: "POST", headers, body: new URLSearchParams({ name: "x" }) });
  return answer.text();
}"""


class Reader:
    """Reads pages one after the other, each address once, and keeps what it finds without brackets."""

    def __init__(self, site: Site, context: BrowserContext, names: Iterable[str]) -> None:
        self._site, self._context = site, context
        self._data = [*DATA, *names]
        self._rules: Counter[str] = Counter()
        self._seen: set[str] = set()
        self.found: list[str] = []
        self.read = 0

    async def walk(self, urls: Iterable[str]) -> None:
        """Read the pages at ``urls`` and those that they link to."""
        queue = list(urls)
        while queue:
            url = queue.pop(0).partition("#")[0]
            if url in self._seen or not self._is_wanted(url):
                continue
            self._seen.add(url)
            queue += await self._visit(url)

    async def look(self, page: Page, html: str | None = None) -> None:
        """Read what a page shows now, or an answer that is not shown."""
        where = urlsplit(page.url).path
        self.found += [f"{where} {text}" for text in await page.evaluate(READ, [self._data, html])]
        self.read += 1

    def _is_wanted(self, url: str) -> bool:
        rule = self._site.rule_of(url)
        if rule is None:
            return url.endswith("/nothing-here")
        self._rules[rule] += 1
        return self._rules[rule] <= PAGES_A_RULE

    async def _visit(self, url: str) -> list[str]:
        # In a tab of its own: what the page before still does, such as going elsewhere, is not cut off by this one.
        page = await self._context.new_page()
        try:
            answer = await page.goto(url, wait_until="domcontentloaded")
            if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
                return []
            if await page.locator("#main").count():  # the addresses of slots answer with a part of a page
                await idle(page)
            await self.look(page)
            links: list[str] = await page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
            return [urljoin(url, link) for link in links]
        except PlaywrightError as error:
            if "Download is starting" in error.message:
                return []
            raise
        finally:
            await page.close()


@pytest.fixture
async def pseudo_page(deployment: Deployment, new_page: NewPage, owner: Owner) -> Page:
    """A page whose device has chosen the pseudo-language, signed in."""
    page = await new_page(owner=owner, language=PSEUDO)
    for url in (deployment.url(), deployment.url(slug=owner.slug)):
        cookie: Any = {
            "name": DEVICE_COOKIE,
            "value": Look(locale=PSEUDO).to_cookie(),
            "domain": urlsplit(url).hostname,
            "path": "/",
            "secure": True,
            "sameSite": "Lax",
        }
        await page.context.add_cookies([cookie])
    return page


async def test_nothing_on_any_page_is_without_brackets(
    deployment: Deployment, new_page: NewPage, pseudo_page: Page, owner: Owner, watch: Watch
) -> None:
    watch.allow_status(400, 403, 404, 405)
    site = Site(deployment, owner.slug)
    names = (owner.person.name, owner.tenant.name, owner.slug)
    stranger = Reader(site, (await new_page(language=PSEUDO)).context, names)
    await stranger.walk(deployment.url(path) for path in (*site.starts("home"), "/nothing-here"))
    await fill(pseudo_page, deployment.url("/files", owner.slug))
    member = Reader(site, pseudo_page.context, names)
    await member.walk(deployment.url(path, owner.slug) for path in (*site.starts("tenant"), "/nothing-here"))
    await member.walk(deployment.url(path) for path in (*site.starts("home"), "/nothing-here"))
    await refusals(member, pseudo_page)
    found = sorted({*stranger.found, *member.found})
    assert not found, "\n".join(found[:MOST_TOLD])
    assert stranger.read + member.read > len(site.starts("home")) + len(site.starts("tenant"))


async def refusals(reader: Reader, page: Page) -> None:
    """What is said to forms that are refused: without their token, with the wrong method, as a page and as a toast."""
    for headers in ({}, {"HX-Request": "true"}):
        for path in ("/login", "/tenants", "/nothing-here", "/sessions"):
            await reader.look(page, await page.evaluate(REFUSED, [path, headers]))


async def test_what_is_without_brackets_is_noticed(pseudo_page: Page, deployment: Deployment, owner: Owner) -> None:
    await pseudo_page.goto(deployment.url("/files", owner.slug))
    await idle(pseudo_page)
    planted = {
        "<p>Left in English</p>": "body p: Left in English",
        "<p>⟦Ŝàvé⟧ it</p>": "body p: ⟦Ŝàvé⟧ it",
        '<button aria-label="Save it"></button>': "body button aria-label: Save it",
        '<input placeholder="Name">': "body input placeholder: Name",
        '<img alt="A boat">': "body img alt: A boat",
        '<b data-done="Copied it">1</b>': "body b data-done: Copied it",
        "<template><p>Later</p></template>": "p: Later",
        "<dialog>Closed</dialog>": "dialog: Closed",
    }
    for html, told in planted.items():
        found = await pseudo_page.evaluate(READ, [DATA, f"<body>{html}</body>"])
        assert [line.replace("body ", "") for line in found] == [told.replace("body ", "")]
    fine = '<p>⟦Ŝéé <a href="/">⟦ţhé ƒîļéš⟧</a> ñöŵ⟧ 22 Nov 2026 <code>git push</code> <b translate="no">Acme</b></p>'
    assert await pseudo_page.evaluate(READ, [DATA, fine]) == []


async def test_the_browser_says_relative_times_as_the_server_does(new_page: NewPage, deployment: Deployment) -> None:
    page = await new_page()
    await page.goto(deployment.url("/login"))
    catalogues = Catalogues.load(ROOT / "locales")
    amounts = [(-5, "minute"), (-1, "hour"), (2, "day"), (-3, "day")]
    seconds = {"minute": 60, "hour": 3600, "day": 86400}
    for locale in ("en", "de", "es", "fr", "ja", "zh", "ar"):
        voice = Speaker(catalogues, locale)
        now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        ours = [voice.relative(now + timedelta(seconds=amount * seconds[unit]), now) for amount, unit in amounts]
        assert await page.evaluate(RELATIVE, [locale, amounts]) == ours, locale
