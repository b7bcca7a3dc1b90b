"""Pages whose session has ended: where they go, and what becomes of what was typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Page, expect

from web.kit.security import SESSION_COOKIE
from web.runs import (
    routes as runs_routes,  # noqa: F401  # hangs the bar on it
)

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.support.tenant_fixtures import TwoTenants
    from tests.web.kit.conftest import SignIn


pytestmark = pytest.mark.browser


SESSION_ENDED = """() => {
  htmx.trigger("#live", "htmx:response:error", { ctx: { response: { status: 401, headers: new Headers() } } });
  console.log("told");
}"""


AWAY = "location.assign('/elsewhere')"


PATIENCE = 10.0


async def test_a_page_whose_session_ended_still_gets_where_it_is_going(page: Page) -> None:
    """A form that signs out, or in as somebody else, ends the stream of its page before its answer is there."""
    reached, held = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        reached.set()
        await held.wait()
        await route.fulfill(content_type="text/html", body="<h1>There</h1>")

    await page.route("**/elsewhere", hold)
    here = page.url
    async with page.expect_console_message():
        await page.evaluate(f"() => {{ addEventListener('beforeunload', () => setTimeout({SESSION_ENDED})); {AWAY} }}")
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
    held.set()
    await expect(page.get_by_role("heading", name="There")).to_be_visible()

    await page.goto(here)
    navigations: list[str] = []
    page.on("request", lambda request: navigations.append(request.url) if request.is_navigation_request() else None)
    await page.evaluate("window.__busy.add({})")
    await page.evaluate(SESSION_ENDED)
    await page.evaluate("fetch('/screen').then((answer) => answer.text())")
    assert navigations == [], "an answer is still to come"
    async with page.expect_navigation():
        await page.evaluate("window.__busy.clear()")
    assert navigations == [here]


async def test_what_was_typed_waits_until_the_person_is_back(page: Page) -> None:
    await typed_when_the_session_had_ended(page)
    await page.goto(page.url.removesuffix("/there"))
    await expect(page.locator("#text")).to_have_value("half a sentence")
    await expect(page.locator("#text")).to_be_focused()
    await page.reload()
    await expect(page.locator("#text")).to_have_value("")


async def test_what_was_typed_is_forgotten_when_another_person_comes(
    page: Page, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    await typed_when_the_session_had_ended(page)
    token = (await sign_in(acme, "owner")).cookies[acme.host][SESSION_COOKIE]
    await page.context.add_cookies(
        [{"name": SESSION_COOKIE, "value": token, "domain": acme.host.partition(":")[0], "path": "/", "secure": True}]
    )
    await page.goto(page.url.removesuffix("/there"))
    await expect(page.locator("#text")).to_have_value("")
    assert await page.evaluate("sessionStorage.getItem('adx-kept')") is None


async def typed_when_the_session_had_ended(page: Page) -> None:
    await page.fill("#text", "half a sentence")
    await page.route("**/screen", lambda route: route.fulfill(status=401, headers={"HX-Redirect": "/screen/there"}))
    await page.evaluate("document.querySelector('#typing').requestSubmit()")
    await expect(page.locator("h1")).to_have_text("There")
    await page.unroute("**/screen")
