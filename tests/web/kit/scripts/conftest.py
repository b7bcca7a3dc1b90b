"""app.js in Chromium, under the strict policy, over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.async_api import Page, async_playwright

from core.live import Fact, Transport
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

    from playwright.async_api import Browser
    from redis.asyncio import Redis

    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.web.kit.conftest import SignIn
    from web.kit import Services


EXPECTED = (
    "status of 404",
    "status of 413",
    "status of 500",
    "status of 401",
    "status of 429",
    "when fetching the script",
)
"""What is not part of this app (a slot, the worker of the shell), an upload that is refused, a slot that fails."""


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
