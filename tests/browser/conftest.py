"""Real browsers on the real product. A console error, a refused resource or an uncaught error fails the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright, expect

from tests.support import firefox
from tests.support.deployment_fixtures import folder_if_failed
from tests.support.people import Owner, new_owner, sign_in
from tests.support.surfing import PATIENCE_MS, Watch
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from playwright.async_api import Browser, BrowserContext, Page, Playwright

    from core.db import Database
    from tests.support.deployment import Deployment

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
WIDE, NARROW = 1440, 390
Named = Literal["chromium", "firefox"]


class Browsers:
    """One of each for all tests, started when the first test asks for it; each test gets profiles of its own."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright, self._folder = playwright, folder
        self._started: dict[Named, Browser] = {}

    async def get(self, name: Named) -> Browser:
        """The browser of this name."""
        if name not in self._started:
            self._started[name] = await (self._chromium() if name == "chromium" else self._firefox())
        return self._started[name]

    async def close(self) -> None:
        """End them."""
        for browser in self._started.values():
            await browser.close()

    async def _chromium(self) -> Browser:
        return await self._playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

    async def _firefox(self) -> Browser:
        return await self._playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=firefox.executable(self._folder),
            headless=True,
            firefox_user_prefs=firefox.PREFERENCES,
        )


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
        browser: Named = "chromium",
    ) -> Awaitable[Page]:
        """Open it; ``owner`` is signed in on both hosts."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
async def browsers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browsers]:
    """The browsers, started on demand."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browsers = Browsers(playwright, tmp_path_factory.mktemp("browsers"))
        yield browsers
        await browsers.close()


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test complain of."""
    return Watch()


@pytest.fixture
async def new_page(
    browsers: Browsers, deployment: Deployment, deployed_db: Database, watch: Watch, request: pytest.FixtureRequest
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
        browser: Named = "chromium",
    ) -> Page:
        context = await (await browsers.get(browser)).new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme=scheme,
            java_script_enabled=scripts,
            has_touch=width == NARROW and browser == "chromium",
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
        watch.end()
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
