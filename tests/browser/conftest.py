"""Real Chromium on the real product. A console error, a refused resource or an uncaught error fails the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright, expect

from tests.support.deployment_fixtures import folder_if_failed
from tests.support.people import Owner, new_owner, sign_in
from tests.support.surfing import PATIENCE_MS, Watch
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from playwright.async_api import Browser, BrowserContext, Page

    from core.db import Database
    from tests.support.deployment import Deployment

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
WIDE, NARROW = 1440, 390


class NewPage(Protocol):
    """Opens a page in a browser profile of its own."""

    def __call__(
        self,
        *,
        owner: Owner | None = None,
        width: int = WIDE,
        language: str = "en-GB",
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Awaitable[Page]:
        """Open it; ``owner`` is signed in on both hosts."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; each test gets profiles of its own."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test complain of."""
    return Watch()


@pytest.fixture
async def new_page(
    chromium: Browser, deployment: Deployment, deployed_db: Database, watch: Watch, request: pytest.FixtureRequest
) -> AsyncIterator[NewPage]:
    """Opens pages, watched from their first moment."""
    contexts: list[BrowserContext] = []

    async def opened(
        *,
        owner: Owner | None = None,
        width: int = WIDE,
        language: str = "en-GB",
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Page:
        context = await chromium.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme=scheme,
            java_script_enabled=scripts,
            has_touch=width == NARROW,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", watch.follow)
        if owner is not None:
            await give_sessions(context, deployment, deployed_db, owner)
        return await context.new_page()

    yield opened
    if folder := folder_if_failed(request.node):
        await _keep_pictures(contexts, folder)
    for context in contexts:
        await context.close()
    watch.check()


@pytest.fixture
async def owner(deployment: Deployment, deployed_db: Database) -> Owner:
    """A person with a workspace."""
    return await new_owner(deployment, deployed_db)


async def give_sessions(context: BrowserContext, deployment: Deployment, db: Database, owner: Owner) -> None:
    """Sign a browser in as an owner, on both hosts."""
    for url, is_home in ((deployment.url(), True), (deployment.url(slug=owner.slug), False)):
        cookie: Any = {
            "name": SESSION_COOKIE,
            "value": await sign_in(db, owner, home=is_home),
            "domain": urlsplit(url).hostname,
            "path": "/",
            "secure": True,
            "httpOnly": True,
            "sameSite": "Lax",
        }
        await context.add_cookies([cookie])


async def _keep_pictures(contexts: list[BrowserContext], folder: Path) -> None:
    for number, page in enumerate(page for context in contexts for page in context.pages):
        await page.screenshot(path=folder / f"{number}.png", full_page=True)
        (folder / f"{number}.html").write_text(await page.content())
