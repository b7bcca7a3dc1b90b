"""What scripts do with news: shown once, in order, on the page that is there by then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Page, expect

from tests.web.kit import screen
from tests.web.kit.scripts.conftest import tell
from web.runs import (
    routes as runs_routes,  # noqa: F401  # hangs the bar on it
)

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from tests.support.tenant_fixtures import TwoTenants


pytestmark = pytest.mark.browser


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
