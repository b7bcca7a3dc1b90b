"""The frame in a real browser: palette, shortcuts, offline, installed shell, and what somebody typed."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.support.surfing import choose, idle, live

if TYPE_CHECKING:
    from playwright.async_api import Page, Request, Route

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner
    from tests.support.surfing import Watch

KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const type = (await cache.match(request)).headers.get("content-type");
      const text = /html|json|javascript/.test(type) ? await (await cache.match(request)).text() : "";
      kept.push([new URL(request.url).pathname, text]);
    }
  }
  return kept;
}"""
INSTALLED = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  return active.state === "activated" && navigator.serviceWorker.controller === active
    && localStorage.getItem("adx-looks") !== null && !!(await caches.match("/offline"));
}"""


async def opened(page: Page, deployment: Deployment, owner: Owner, path: str = "/") -> None:
    await page.goto(deployment.url(path, owner.slug))
    await live(page)
    await idle(page)


async def test_the_palette_finds_and_goes_by_keyboard(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    await page.keyboard.press("Control+k")
    box = page.get_by_role("combobox")
    await expect(box).to_be_focused()
    await page.keyboard.type("work")
    options = page.locator("#palette-found").get_by_role("option")
    await expect(options.first).to_have_text("Workflows")
    chosen = page.locator("#palette-found [aria-selected=true]")
    await expect(chosen).to_have_count(1)
    first = await box.get_attribute("aria-activedescendant")
    await page.keyboard.press("ArrowDown")
    assert await box.get_attribute("aria-activedescendant") != first
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#announcer")).to_contain_text("results")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Workflows")
    await expect(page.locator("#palette")).not_to_be_visible()
    await expect(page.locator("#main")).to_be_focused()


async def test_the_last_question_wins(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    first = re.compile(r"/search\?.*q=fi$")
    asked, go_on, over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:  # the first question is answered after the second
        asked.set()
        await go_on.wait()
        await route.continue_()

    async def note(request: Request) -> None:
        if first.search(request.url):
            over.set()

    page.on("requestfinished", note)
    page.on("requestfailed", note)
    await page.route(first, hold)
    await page.locator(".search-open").click()
    await page.keyboard.type("fi")
    await within(asked)
    await page.keyboard.press("Control+a")
    await page.keyboard.type("peop")
    await expect(page.locator("#palette-found [role=option]").first).to_have_text("People")
    go_on.set()
    await within(over)
    await page.evaluate("new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))")
    await expect(page.locator("#palette-found [role=option]").first).to_have_text("People")


async def within(event: asyncio.Event) -> None:
    async with asyncio.timeout(20):
        await event.wait()


async def test_keys_lead_on_unless_somebody_types_or_wants_none(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    await page.keyboard.press("g")
    await page.keyboard.press("p")
    await expect(page.get_by_role("heading", level=1)).to_have_text("People")
    await page.keyboard.press("?")
    sheet = page.locator("#shortcuts")
    await expect(sheet.get_by_text("Workflows")).to_be_visible()
    await sheet.get_by_role("checkbox").uncheck()
    await sheet.get_by_role("button").click()
    await page.keyboard.press("g")
    await page.keyboard.press("h")
    await page.wait_for_timeout(300)
    assert page.url.endswith("/members")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("gh")
    assert page.url.endswith("/members")


async def test_without_a_connection_the_page_says_so_and_comes_back(
    deployment: Deployment, new_page: NewPage, owner: Owner, watch: Watch
) -> None:
    watch.allow_lost_connections()
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    await page.wait_for_function(INSTALLED)
    banner = page.locator("#connection")
    await expect(banner).to_be_hidden()
    await page.context.set_offline(True)
    await expect(banner).to_contain_text("No connection")
    await page.goto(deployment.url("/files", owner.slug))
    await expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", name="Files", exact=True)).to_be_visible()


async def test_nothing_of_a_tenant_is_kept_on_the_device(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    await page.wait_for_function(INSTALLED)
    await opened(page, deployment, owner, "/members")
    mark = await page.evaluate("document.documentElement.dataset.person")
    assert mark
    kept = await page.evaluate(KEPT)
    assert {path for path, _ in kept if not path.startswith("/static/")} == {"/offline"}
    for path, text in kept:
        for secret in (owner.slug, owner.tenant.name, owner.person.name, owner.person.email, mark):
            assert secret not in text, path
    await page.evaluate("localStorage.setItem('adx-recent', '[]')")
    # The tests sign in at each host on its own; a hand-over would have made one session of both, ended together.
    await page.context.clear_cookies(domain="localhost")
    await page.locator(".side__foot summary").click()
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_url("**/login**")
    await page.route("**/service-worker.js", lambda route: route.abort())
    await page.goto(deployment.url("/manifest.webmanifest", owner.slug))
    assert await page.evaluate("localStorage.getItem('adx-recent')") is None
    assert not await page.evaluate("caches.keys()")


async def test_a_workflow_begun_elsewhere_appears_on_the_open_dashboard(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    other = await new_page(owner=owner)
    await opened(other, deployment, owner, "/files")
    await choose(other, "minutes.txt", b"what was said " * 20, "text/plain")
    await expect(page.locator("#runs-now").get_by_text("Preparing minutes.txt")).to_be_visible()
    await expect(page.get_by_role("heading", name="Recently ended")).to_be_visible()
    await expect(page.locator("#files-recent").get_by_text("minutes.txt")).to_be_visible()


async def test_back_returns_to_where_one_was(deployment: Deployment, new_page: NewPage, owner: Owner) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner, "/patterns")
    await page.goto(deployment.url("/members", owner.slug))
    await live(page)
    await page.evaluate("document.querySelector('#main').style.minBlockSize = '4000px'")
    await page.locator(".nav a[href='/files']").hover()
    await page.locator(".nav a[href='/files']").click()
    await expect(page.get_by_role("heading", name="Files", exact=True)).to_be_visible()
    assert await page.evaluate("scrollY") == 0
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("People")


async def test_a_page_is_asked_for_once_when_it_was_preloaded(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page(owner=owner)
    await opened(page, deployment, owner)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/members") else None)
    link = page.locator(".nav a[href='/members']")
    async with page.expect_response("**/members"):
        await link.hover()
    await link.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("People")
    assert len(asked) == 1
