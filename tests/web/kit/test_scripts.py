"""app.js in Chromium, under the strict policy, over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.async_api import Page, async_playwright, expect

from core.i18n import Catalogues
from core.live import Fact, Transport
from core.settings import ROOT
from entrypoints.embedded.program import free_port
from tests.web.kit import screen
from web.kit.app import create_app
from web.kit.security import SESSION_COOKIE
from web.runs import (
    blueprint as runs,
    routes as runs_routes,  # noqa: F401  # hangs the bar on it
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Route
    from redis.asyncio import Redis

    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.web.kit.conftest import SignIn
    from web.kit import Services

pytestmark = pytest.mark.browser

EXPECTED = (
    "status of 404",
    "status of 413",
    "status of 500",
    "status of 401",
    "status of 429",
    "when fetching the script",
)
"""What is not part of this app (a slot, the worker of the shell), an upload that is refused, a slot that fails."""


SESSION_ENDED = """() => {
  htmx.trigger("#live", "htmx:response:error", { ctx: { response: { status: 401, headers: new Headers() } } });
  console.log("told");
}"""
AWAY = "location.assign('/elsewhere')"
PATIENCE = 10.0


@pytest.fixture(scope="session")
async def port(kit_services: Services) -> AsyncIterator[int]:
    app: Any = create_app(kit_services, [screen.blueprint, runs.blueprint])  # the layout shows the bar of runs
    port, stop = free_port(), asyncio.Event()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.graceful_timeout = 0.2
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    await asyncio.sleep(0.3)
    yield port
    stop.set()
    await serving


@pytest.fixture(scope="session")
async def chromium(port: int) -> AsyncIterator[Browser]:
    rules = f"--host-resolver-rules=MAP *.localhost:8000 127.0.0.1:{port}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", rules]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(chromium: Browser, two_tenants: TwoTenants, sign_in: SignIn) -> AsyncIterator[Page]:
    acme = two_tenants.acme
    visitor = await sign_in(acme, "member")
    screen.state.update(seq=1, reads=0, crowded=0, broken=0)
    context = await chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    token = visitor.cookies[acme.host][SESSION_COOKIE]
    await context.add_cookies(
        [{"name": SESSION_COOKIE, "value": token, "domain": acme.host.partition(":")[0], "path": "/", "secure": True}]
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(acme.url("/screen"))
    await page.wait_for_selector("html[data-live=on]")
    yield page
    await context.close()
    assert not [text for text in complaints if not any(known in text for known in EXPECTED)]


async def tell(redis: Redis, tenant: TestTenant, seq: int, state: str = "running") -> None:
    screen.state["seq"] = seq
    # Not called "seq": the hub itself would pass over the doubles that the page is to meet here.
    await Transport(redis).publish([Fact(tenant.id, "screen", state, params={"number": seq})])


async def test_news_is_shown_once_and_older_news_is_not(page: Page, two_tenants: TwoTenants, redis: Redis) -> None:
    acme = two_tenants.acme
    for seq in (2, 3, 2, 4):
        await tell(redis, acme, seq)
    await expect(page.locator("#run-x")).to_have_text("4")
    await tell(redis, acme, 3, "done")
    await tell(redis, acme, 5, "done")
    await expect(page.locator("#run-x")).to_have_text("5")
    assert await page.evaluate("window.adxSeen['run-x']") == [2, 3, 2, 4, 3, 5]
    assert await page.locator("#announcer").inner_text() == "Run x: done"


async def test_pages_come_back_spread_over_time_and_no_sooner_than_they_are_told(page: Page) -> None:
    assert await page.evaluate("htmx.config.sse.reconnectJitter") == 1
    pauses = await page.evaluate("""() => {
        const pauses = [], real = window.setTimeout;
        window.setTimeout = (work, pause) => { pauses.push(pause); return 0; };
        const response = { status: 503, headers: new Headers({ "Retry-After": "7" }) };
        for (let i = 0; i < 40; i++) htmx.trigger("#live", "htmx:response:error", { ctx: { response } });
        window.setTimeout = real;
        return pauses;
    }""")
    assert len(pauses) == 40
    assert min(pauses) >= 7000
    assert len(set(pauses)) > 30
    assert max(pauses) > 20_000, "and the later, the more often it was in vain"


async def test_going_on_keeps_the_stream_and_moves_the_focus(page: Page, two_tenants: TwoTenants, redis: Redis) -> None:
    streams: list[str] = []
    page.on("request", lambda request: streams.append(request.url) if "/live" in request.url else None)
    await page.click("#there")
    await expect(page.locator("h1")).to_have_text("There")
    assert page.url.endswith("/screen/there")
    assert await page.evaluate("document.activeElement.id") == "main"
    await tell(redis, two_tenants.acme, 7)
    await expect(page.locator("#run-x")).to_have_text("7")
    await page.go_back()
    await expect(page.locator("h1")).to_have_text("Here")
    assert not streams


async def test_what_happens_while_a_page_is_on_its_way_is_shown(
    page: Page, two_tenants: TwoTenants, redis: Redis
) -> None:
    await page.click("#late")
    await asyncio.sleep(0.4)
    await tell(redis, two_tenants.acme, 9)
    await expect(page.locator("h1")).to_have_text("Late")
    await expect(page.locator("#run-x")).to_have_text("9")


async def test_a_reset_reads_the_page_again_and_spares_what_is_typed(page: Page) -> None:
    await page.evaluate("document.querySelector('#run-x').dataset.seq = 0")
    screen.state["seq"] = 12
    reads = screen.state["reads"]
    await page.evaluate("htmx.trigger('#live', 'live:reset', {})")
    await expect(page.locator("#run-x")).to_have_text("12")
    assert screen.state["reads"] == reads + 1

    await page.fill("#text", "half a sentence")
    screen.state["seq"] = 13
    await page.evaluate("htmx.trigger('#live', 'live:reset', {})")
    await page.wait_for_timeout(1500)
    assert screen.state["reads"] == reads + 2
    assert await page.input_value("#text") == "half a sentence"


def of_size(name: str, size: int = 1) -> Any:
    return {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}


async def test_a_file_has_a_row_and_what_is_chosen_at_once_has_one_for_all(page: Page) -> None:
    rows = page.locator("[data-upload-rows] > li")
    await page.set_input_files("#files", [of_size("b.txt", 3_000_000)])
    await expect(rows).to_have_text(["b.txt: 3000000"])

    screen.state["broken"] = 1
    names = [*(f"{number}.txt" for number in range(30)), "refused.txt", "lost.txt"]
    await page.set_input_files("#files", [of_size(name) for name in names])
    await expect(rows).to_have_count(3)
    refused, lost = rows.filter(has_text="refused.txt"), rows.filter(has_text="lost.txt")
    await expect(refused).to_contain_text("Too large for this tenant.")
    await expect(lost).to_contain_text("Not uploaded")
    await expect(page.locator("#announcer")).to_contain_text("30 of 32 uploaded")
    screen.state["broken"] = 0
    await expect(refused.get_by_role("button")).to_have_count(0)
    await lost.get_by_role("button", name="again").click()
    await expect(lost).to_have_text("lost.txt: 1")
    assert await page.evaluate("__busy.size") == 0


async def test_what_is_uploaded_stays_in_sight_on_the_way_to_other_pages(page: Page) -> None:
    screen.state["crowded"] = 1
    await page.set_input_files("#files", [of_size(f"{number}.txt") for number in range(6)])
    rows = page.locator("[data-upload-rows] > li")
    await expect(rows).to_contain_text(["0 of 6 uploaded"])
    await expect(rows).to_contain_text("Waiting")
    await page.click("#there")
    await expect(page.locator("h1")).to_have_text("There")
    await expect(rows).to_contain_text(["0 of 6 uploaded"])
    await rows.get_by_role("button", name="cancel").click()
    await expect(rows).to_have_count(0)
    screen.state["crowded"] = 0
    assert await page.evaluate("__busy.size") == 0


async def test_files_that_are_too_many_for_now_wait_and_go_on_by_themselves(page: Page) -> None:
    screen.state["crowded"] = 1
    for name in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt"):
        await page.set_input_files("#files", [of_size(name)])
    rows = page.locator("[data-upload-rows] > li")
    await expect(rows.nth(0)).to_contain_text("Waiting")
    await expect(rows.nth(1)).to_contain_text("Waiting")
    await rows.nth(1).get_by_role("button").click()
    await expect(rows).to_have_count(4)

    screen.state["crowded"] = 0
    await expect(rows).to_have_text(["a.txt: 1", "c.txt: 1", "d.txt: 1", "e.txt: 1"])
    assert await page.evaluate("__busy.size") == 0


async def test_controls(page: Page) -> None:
    await page.click("#opener")
    assert await page.evaluate("document.querySelector('#ask').open")
    await page.click("#closer")
    assert not await page.evaluate("document.querySelector('#ask').open")

    await page.click("#menu summary")
    await page.keyboard.press("Escape")
    assert not await page.evaluate("document.querySelector('#menu').open")
    await page.click("#menu summary")
    await page.click("h1")
    assert not await page.evaluate("document.querySelector('#menu').open")

    await page.click("#copier")
    await page.wait_for_selector("#copier[data-copied]")
    assert await page.evaluate("navigator.clipboard.readText()") == "copied text"

    await expect(page.locator("#slot-elsewhere-recent")).to_have_attribute("data-failed", "")
    await expect(page.locator("#slot-elsewhere-recent .slot__retry button")).to_be_visible()
    assert not await page.locator("#toasts .toast").count(), "a slot's failure is told by its own button"
    await page.evaluate("htmx.ajax('GET', '/nothing', { target: '#run-x' })")
    await expect(page.locator("#toasts .toast").first).to_be_visible()
    await page.locator("#toasts [data-toast-close]").first.click()
    await expect(page.locator("#toasts .toast")).to_have_count(0)


async def test_each_slot_fails_for_itself_and_can_be_asked_again(page: Page, two_tenants: TwoTenants) -> None:
    screen.state["broken"] = 1
    await page.goto(two_tenants.acme.url("/screen/slots"))
    await expect(page.locator("#fine-part")).to_be_visible()
    await expect(page.locator("#late-part")).to_be_visible()
    for name in ("elsewhere-recent", "screen-raises"):
        await expect(page.locator(f"#slot-{name}")).to_have_attribute("data-failed", "")
    assert not await page.locator(".toast").count(), "a slot's failure is told by its own button"
    screen.state["broken"] = 0
    await page.locator("#slot-screen-raises").get_by_role("button", name="Try again").click()
    await expect(page.locator("#mended")).to_be_visible()
    await expect(page.locator("#slot-elsewhere-recent")).to_be_visible()


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


async def test_scripts_fill_texts_as_the_server_does(page: Page) -> None:
    """Told of values in both directions: nothing is marked that turns nothing, and no mark is left open."""

    async def filled(text: str, direction: str, **values: str | int) -> str:
        said = await page.evaluate(
            "([text, direction, values]) => { html.dir = direction; return filled(text, values); }",
            [text, direction, values],
        )
        return str(said)

    assert await filled("{done}:1", "rtl", done=1200) == "1,200:1"
    for name in ("report (1).pdf", "قائمة (1).pdf", "\u2069\u202e(x", "-5", ""):
        for locale, direction in (("en", "ltr"), ("ar", "rtl")):
            voice = Catalogues.load(ROOT / "locales").speaker(locale)
            for text in ("Uploading {name}", "«{name}» {other}"):
                assert await filled(text, direction, name=name) == voice.filled(text, {"name": name})


async def test_times_stay_true_as_the_server_would_say_them(page: Page) -> None:
    now = datetime.now(UTC)
    spans = (-200_000, -3500, -89, -70, -46, -44, -1, 0, 1, 29, 44, 46, 70, 3500, 7000, 86_000)
    said = await page.evaluate("(spans) => spans.map(relative)", spans)
    voice = Catalogues.load(ROOT / "locales").speaker("en")
    assert said == [voice.relative(now + timedelta(seconds=span), now) for span in spans]
    assert await page.evaluate("relative(7 * 86400) ?? null") is None
