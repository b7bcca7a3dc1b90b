"""Whatever dies meanwhile, a page hears each event of each run once, in order, and ends up with the truth."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.factories.files import pdf, photo
from tests.support.surfing import Watch, assert_no_gap_and_no_double, choose, live, seen
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import asyncpg
    from playwright.async_api import Page, Route

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

SECONDS_WITHOUT_VALKEY = 4
SECONDS_UNTIL_SWEPT = 30
FILES = 4
LIST_READ_AGAIN = re.compile(r"[?&]room=")
ANSWER_OF_EARLIER = """earlier => htmx.ajax("GET", `/files?first=${earlier}&room=0`,
  { source: "#main", target: "#file-list", swap: "outerHTML" })"""
SECONDS_UNTIL_DONE = 60
OPEN = "select count(*) from platform.runs where tenant_id = $1 and ended_at is null"
LAST_NUMBERS = "select 'run-' || id, seq from platform.runs where tenant_id = $1"


@pytest.fixture
async def page(new_page: NewPage, deployment: Deployment, owner: Owner) -> Page:
    page = await new_page(owner=owner)
    await page.goto(deployment.url("/files", owner.slug))
    await live(page)
    return page


async def upload_some(page: Page) -> None:
    for number in range(FILES):
        content = photo() if number % 2 else pdf(3)
        await choose(page, f"file-{number}.{'jpg' if number % 2 else 'pdf'}", content)
    await expect(page.locator("#main article.run")).to_have_count(FILES)


async def until_all_are_ready(page: Page) -> None:
    await expect(page.locator("#main article.run[data-state=done]")).to_have_count(FILES, timeout=60_000)
    await expect(page.locator("#files tr[data-state=ready]")).to_have_count(FILES)


async def assert_heard_to_the_end(page: Page, tables: asyncpg.Connection, owner: Owner) -> None:
    """Without gap or double, up to the last number that the database gave. The sweep brings what a crash kept back."""
    last = dict(await tables.fetch(LAST_NUMBERS, owner.tenant.id))
    await eventually(lambda: has_all(page, last), seconds=SECONDS_UNTIL_SWEPT)
    heard = await assert_no_gap_and_no_double(page)
    assert {run: numbers[-1] for run, numbers in heard.items()} == last


async def has_all(page: Page, last: dict[str, int]) -> bool:
    return all(len(numbers) > last[run] - min(numbers) for run, numbers in (await seen(page)).items())


async def none_is_open(tables: asyncpg.Connection, owner: Owner) -> bool:
    return not await tables.fetchval(OPEN, owner.tenant.id)


async def test_quiet_weather(page: Page, deployed_tables: asyncpg.Connection, owner: Owner) -> None:
    await upload_some(page)
    await until_all_are_ready(page)
    await assert_heard_to_the_end(page, deployed_tables, owner)


async def test_what_was_uploaded_one_by_one_is_in_a_list_that_was_slow_to_come(page: Page) -> None:
    await choose(page, "first.jpg", photo())
    await expect(page.locator("#files tr[data-state=ready]")).to_have_count(1)
    go_on = asyncio.Event()

    async def hold(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    await page.route(LIST_READ_AGAIN, hold)
    for number in range(FILES):
        await choose(page, f"file-{number}.jpg", photo())
    await expect(page.locator("#main article.run[data-state=done]")).to_have_count(FILES + 1, timeout=60_000)
    go_on.set()
    await expect(page.locator("#files tr[data-state=ready]")).to_have_count(FILES + 1)


async def test_an_answer_that_was_asked_for_earlier_takes_nothing_out_of_the_list(page: Page) -> None:
    rows = page.locator("#files tr[data-state=ready]")
    await choose(page, "first.jpg", photo())
    await expect(rows).to_have_count(1)
    earlier = await page.locator("[data-steady]").get_attribute("data-steady")
    await choose(page, "second.jpg", photo())
    await expect(rows).to_have_count(2)

    await page.evaluate(ANSWER_OF_EARLIER, earlier)

    await expect(rows).to_have_count(2)


async def test_web_is_killed(
    page: Page, deployment: Deployment, deployed_tables: asyncpg.Connection, owner: Owner, watch: Watch
) -> None:
    watch.allow_lost_connections()
    deployment.worker.kill()  # so that the runs are still open when web goes
    await upload_some(page)
    deployment.worker.launch()
    await expect(page.locator("#main article.run[data-state=running]").first).to_be_visible()
    deployment.web.kill()
    await eventually(lambda: none_is_open(deployed_tables, owner), seconds=SECONDS_UNTIL_DONE)  # all is missed
    await deployment.web.start()
    await until_all_are_ready(page)
    await assert_heard_to_the_end(page, deployed_tables, owner)


async def test_the_worker_is_killed(
    page: Page, deployment: Deployment, deployed_tables: asyncpg.Connection, owner: Owner
) -> None:
    await upload_some(page)
    deployment.worker.kill()
    await deployment.worker.start()
    await until_all_are_ready(page)
    await assert_heard_to_the_end(page, deployed_tables, owner)


async def test_valkey_stops_for_seconds(
    page: Page, deployment: Deployment, deployed_tables: asyncpg.Connection, owner: Owner, watch: Watch
) -> None:
    watch.allow_status(503)
    await upload_some(page)
    deployment.valkey.stop()
    await asyncio.sleep(SECONDS_WITHOUT_VALKEY)
    await deployment.valkey.start()
    await until_all_are_ready(page)
    await assert_heard_to_the_end(page, deployed_tables, owner)
