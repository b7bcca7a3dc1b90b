"""A connection that is cut after the server has done it: pressing again does not do it twice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from playwright.async_api import expect

from tests.support.surfing import idle

if TYPE_CHECKING:
    from playwright.async_api import Request, Route

    from core.db import Database
    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner
    from tests.support.surfing import Watch

MAILS = "**/admin/branding/mails"
COUNT = "select count(*) from platform.runs where contract = 'branding.test_mail'"


async def test_what_is_pressed_again_when_the_answer_was_lost_is_done_once(
    deployment: Deployment, new_page: NewPage, owner: Owner, deployed_db: Database, watch: Watch
) -> None:
    page = await new_page(owner=owner)
    watch.allow_lost_connections()
    answered: list[int] = []

    async def cut(route: Route, request: Request) -> None:
        answered.append(await deliver(request))
        await route.abort("connectionreset")

    await page.goto(deployment.url("/admin/branding", owner.slug))
    send = page.get_by_role("button", name="Send me a test email")
    await page.route(MAILS, cut)
    await send.click()
    await expect(send).to_be_enabled()
    await idle(page)
    assert answered == [303]
    assert await mails_of(deployed_db, owner) == 1

    await page.unroute(MAILS)
    async with page.expect_response(MAILS) as again:
        await send.click()
    assert (await again.value).status == 303
    await idle(page)
    assert await mails_of(deployed_db, owner) == 1

    async with page.expect_response(MAILS):
        await send.click()
    await idle(page)
    assert await mails_of(deployed_db, owner) == 2


async def deliver(request: Request) -> int:
    """Send what the page would have sent, and return the status of the answer that the page never sees."""
    parts = urlsplit(request.url)
    async with httpx.AsyncClient() as client:
        answer = await client.request(
            request.method,
            f"http://127.0.0.1:{parts.port}{parts.path}",
            headers={**await request.all_headers(), "host": parts.netloc},
            content=request.post_data_buffer,
        )
    return answer.status_code


async def mails_of(db: Database, owner: Owner) -> int:
    """How many test mails were asked for in the owner's workspace."""
    async with db.unit_of_work(owner.tenant.id, "runs") as uow:
        found: int = await (await uow.driver()).fetchval(COUNT)
    return found
