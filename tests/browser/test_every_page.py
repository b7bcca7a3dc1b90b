"""Every page of a workspace full of extremes, and what a stranger sees: nothing is cut off, covered, squeezed, hard to
use or without a translation.

Pages are walked in the pseudo-language, whose texts are the longest: what stands there without brackets, no translator
can reach. What is data, not text, is marked ``translate="no"`` in its template, or is one of ``DATA``. Of the looks of
a page those are met that fail where others do not: each width, each direction, light where it is wide and dark where it
is narrow, what folds open where it is narrow, menus and dialogs open at one width. Firefox lays out the pages that have
every kind of card and row. ``bin/test --whole`` meets everything at every width in both directions.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from core.context import HOME_TENANT_ID, Person, TenantFacts
from core.i18n import Catalogues, Speaker
from core.i18n.literals import EXAMPLES
from core.identity import Look
from core.ids import derived_id
from core.settings import ROOT
from entrypoints.extremes import workspace as extremes
from entrypoints.extremes.brand import LOUD, UNREADABLE
from entrypoints.extremes.names import NAMES
from entrypoints.seed import seed
from tests.browser.looking import LAID_OUT, READ, WALK
from tests.browser.site import Site
from tests.browser.walker import Walk, Walker
from tests.factories.files import EICAR, photo
from tests.support.matrix import WHOLE
from tests.support.people import Owner
from tests.support.surfing import Watch, choose, idle, live
from web.kit.security import DEVICE_COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Named, NewPage
    from tests.support.deployment import Deployment

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

WRITTEN = {*NAMES, extremes.PERSON, extremes.FULL[1], LOUD.name, UNREADABLE.name}
EXTREME_DATA = tuple(
    re.sub(r"[.*+?^${}()|[\]\\]", r"\\\g<0>", text) for text in sorted(WRITTEN, key=len, reverse=True) if len(text) > 1
)
"""What people have written in the workspace, the longest first."""
MOST_TOLD = 40
LISTS = ("/", "/files", "/runs", "/notifications", "/members")
"""Pages with every kind of card, row and badge, or with nothing yet."""
ELSEWHERE: tuple[tuple[Named, str], ...] = (("firefox", PSEUDO), ("chromium", "ar"))

RELATIVE = """([locale, options]) => {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "always", numberingSystem: "latn" });
  return options.map(([amount, unit]) => words.format(amount, unit));
}"""
REFUSED = """async ([path, headers]) => {
  const answer = await fetch(path, { method: "POST", headers, body: new URLSearchParams({ name: "x" }) });
  return answer.text();
}"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "elsewhere" in metafunc.fixturenames:
        more = [("firefox", "ar")] if metafunc.config.getoption(WHOLE) else []
        metafunc.parametrize("elsewhere", [*ELSEWHERE, *more], ids="-".join)


@pytest.fixture
async def eve(deployment: Deployment) -> tuple[Owner, Owner]:
    """Who owns the workspace full of extremes, and the empty one."""
    await seed(deployment.settings(), extreme=True)
    person = Person(derived_id(HOME_TENANT_ID, f"demo account {extremes.EMAIL}"), extremes.PERSON, extremes.EMAIL)
    full, empty = (
        Owner(person, TenantFacts(derived_id(HOME_TENANT_ID, f"demo tenant {slug}"), slug, name))
        for slug, name in (extremes.FULL, extremes.EMPTY)
    )
    return full, empty


async def in_language(
    new_page: NewPage, deployment: Deployment, owner: Owner, language: str, browser: Named = "chromium"
) -> Page:
    """A page of somebody whose device has chosen a language."""
    page = await new_page(owner=owner, language=language, browser=browser)
    for url in (deployment.url(), deployment.url(slug=owner.slug)):
        cookie: Any = {
            "name": DEVICE_COOKIE,
            "value": Look(locale=language).to_cookie(),
            "domain": urlsplit(url).hostname,
            "path": "/",
            "secure": True,
            "sameSite": "Lax",
        }
        await page.context.add_cookies([cookie])
    return page


async def test_nothing_is_wrong_with_any_page(
    deployment: Deployment, new_page: NewPage, eve: tuple[Owner, Owner], watch: Watch, pytestconfig: pytest.Config
) -> None:
    watch.allow_status(400, 403, 404, 405)
    owner, site, whole = eve[0], Site(deployment, eve[0].slug), pytestconfig.getoption(WHOLE)
    homes = [deployment.url(path) for path in (*site.starts("home"), "/nothing-here")]
    stranger = Walker(site, (await new_page(language=PSEUDO)).context, Walk(PSEUDO, DATA, whole=whole))
    page = await in_language(new_page, deployment, owner, PSEUDO)
    async with asyncio.TaskGroup() as together:
        together.create_task(stranger.walk(homes))
        together.create_task(fill(page, deployment.url("/files", owner.slug)))
    member = Walker(site, page.context, Walk(PSEUDO, [*EXTREME_DATA, *DATA], whole=whole))
    await member.walk([deployment.url(path, owner.slug) for path in (*site.starts("tenant"), "/nothing-here")])
    await member.walk(homes)
    await refusals(member, page)
    newcomer = await nothing_yet(deployment, new_page, eve[1], whole=whole)
    found = sorted({*stranger.found, *member.found, *newcomer.found})
    assert not found, "\n".join(found[:MOST_TOLD])
    assert stranger.read + member.read > len(site.starts("home")) + len(site.starts("tenant"))


async def test_pages_are_laid_out_well_elsewhere_too(
    *,
    deployment: Deployment,
    new_page: NewPage,
    eve: tuple[Owner, Owner],
    watch: Watch,
    pytestconfig: pytest.Config,
    elsewhere: tuple[Named, str],
) -> None:
    """In Firefox and in Arabic: the pages that list something, or the whole, where there is nothing yet too."""
    watch.allow_status(400, 403, 404, 405)
    whole, (browser, language) = pytestconfig.getoption(WHOLE), elsewhere
    for owner in eve if whole else eve[:1]:
        site, page = Site(deployment, owner.slug), await in_language(new_page, deployment, owner, language, browser)
        walker = Walker(site, page.context, Walk(language, whole=whole, firefox=browser == "firefox"))
        paths = (*site.starts("tenant"), "/nothing-here") if whole else LISTS
        await walker.walk([deployment.url(path, owner.slug) for path in paths], follow=whole)
        assert not walker.found, "\n".join(sorted(set(walker.found))[:MOST_TOLD])
        assert walker.looked >= len(LISTS)


async def nothing_yet(deployment: Deployment, new_page: NewPage, owner: Owner, *, whole: bool) -> Walker:
    """The pages of a workspace in which nobody has done anything."""
    site, page = Site(deployment, owner.slug), await in_language(new_page, deployment, owner, PSEUDO)
    walker = Walker(site, page.context, Walk(PSEUDO, [*EXTREME_DATA, *DATA], whole=whole))
    await walker.walk(
        [deployment.url(path, owner.slug) for path in (site.starts("tenant") if whole else LISTS)], follow=whole
    )
    assert walker.looked >= len(LISTS)
    return walker


async def fill(page: Page, files: str) -> None:
    """A file that is ready, with its pictures, and one that is blocked, as their workflows leave them."""
    await page.goto(files)
    await live(page)
    await choose(page, "coast.jpg", photo())
    await choose(page, "invoice.txt", EICAR)
    for name, state in (("coast.jpg", "ready"), ("invoice.txt", "infected")):
        await expect(page.locator(f"#files tr[data-state={state}]", has_text=name).first).to_be_visible()


async def refusals(walker: Walker, page: Page) -> None:
    """What is said to forms that are refused: without their token, with the wrong method, as a page and as a toast."""
    for headers in ({}, {"HX-Request": "true"}):
        for path in ("/login", "/tenants", "/nothing-here", "/sessions"):
            await walker.look(page, await page.evaluate(REFUSED, [path, headers]))


PLANTED_TEXTS = {
    "<p>Left in English</p>": "body p: Left in English",
    "<p>⟦Ŝàvé⟧ it</p>": "body p: ⟦Ŝàvé⟧ it",
    '<button aria-label="Save it"></button>': "body button aria-label: Save it",
    '<input placeholder="Name">': "body input placeholder: Name",
    '<img alt="A boat">': "body img alt: A boat",
    '<b data-done="Copied it">1</b>': "body b data-done: Copied it",
    "<template><p>Later</p></template>": "p: Later",
    "<dialog>Closed</dialog>": "dialog: Closed",
}
PLANTED_LAYOUTS = {
    "overflow": ("inline-size: 3000px",),
    "clipped": ("inline-size: 40px; overflow: hidden; white-space: nowrap",),
    "narrow": ("inline-size: 1em; overflow-wrap: anywhere",),
    "covering": ("position: absolute; inset: 0 auto auto 0", "position: absolute; inset: 0 auto auto 0"),
    "covering by what floats": ("position: fixed; inset: auto 0 0", "position: fixed; inset: auto 0 0"),
}
LONG_LINE = '<p data-style="inline-size: 5em; overflow: hidden; white-space: nowrap">A text of a few words</p>'
PANEL = '<summary>More</summary><div class="menu__panel" data-style="{}"><a href="/">Somewhere</a></div>'
BELOW = PANEL.format("position: absolute; inset-block-start: 4em")
LOW = "overflow: hidden; block-size: 3em"
PLANTED_BEHIND = (
    f'<details class="planted"><summary>More</summary>{LONG_LINE}</details>',
    f'<dialog class="dialog planted">{LONG_LINE}</dialog>',
    '<dialog class="dialog planted" data-style="max-inline-size: none; inline-size: 3000px">A text</dialog>',
    '<dialog class="dialog planted"><button>Yes</button><b data-style="position: absolute; inset: 0">x</b></dialog>',
    f'<details class="menu planted" data-menu>{PANEL.format("position: fixed; inset: 0 auto auto -40px")}</details>',
    f'<div class="planted" data-style="{LOW}"><details class="menu" data-menu>{BELOW}</details></div>',
)
"""What is wrong behind something closed: in a fold, a dialog, a menu."""
PLANT = """(styles) => document.querySelector("main").append(...styles.map((style) => {
  const planted = document.createElement("div");
  Object.assign(planted, { className: "planted", textContent: "A text of a few words" });
  planted.style.cssText = style;
  return planted;
}))"""

PLANT_BEHIND = """(html) => {
  document.querySelector("main").insertAdjacentHTML("beforeend", html);
  for (const styled of document.querySelectorAll("[data-style]")) styled.style.cssText = styled.dataset.style;
}"""


async def test_planted_faults_are_noticed(new_page: NewPage, deployment: Deployment) -> None:
    page = await new_page()
    await page.goto(deployment.url("/login"))
    await idle(page)
    for html, told in PLANTED_TEXTS.items():
        found = await page.evaluate(READ, [DATA, f"<body>{html}</body>"])
        assert [line.replace("body ", "") for line in found] == [told.replace("body ", "")]
    fine = '<p>⟦Ŝéé <a href="/">⟦ţhé ƒîļéš⟧</a> ñöŵ⟧ 22 Nov 2026 <code>git push</code> <b translate="no">Acme</b></p>'
    assert await page.evaluate(READ, [DATA, fine]) == []

    await page.evaluate(WALK)
    assert await page.evaluate("walking.turned", ["ltr", LAID_OUT]) == []
    assert await page.evaluate("walking.looked", ["ltr", LAID_OUT, True, 9, "body"]) == []
    for check, styles in PLANTED_LAYOUTS.items():
        await page.evaluate(PLANT, styles)
        assert await page.evaluate("walking.turned", ["ltr", [check.partition(" ")[0]]]), check
        await page.evaluate("document.querySelectorAll('.planted').forEach((planted) => planted.remove())")
    for html in PLANTED_BEHIND:
        await page.evaluate(PLANT_BEHIND, html)
        assert await page.evaluate("walking.looked", ["ltr", LAID_OUT, True, 9, "main"]), html
        await page.evaluate("document.querySelectorAll('.planted').forEach((planted) => planted.remove())")


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
