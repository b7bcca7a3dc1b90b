"""What a browser test watches and waits for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Error, Page

IDLE = "() => window.__busy !== undefined && window.__busy.size === 0"
LIVE = "() => document.documentElement.dataset.live === 'on'"
POLL_MS = 20
PATIENCE_MS = 10_000

REFUSED_ANSWER = re.compile(r"responded with a status of (\d+)")
LOST_CONNECTION = re.compile(r"net::ERR_|network error|Failed to fetch|NetworkError")


class Watch:
    """Notes what a page complains of: console errors (refused resources among them) and uncaught errors."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._note_console)
        page.on("pageerror", self._note_error)

    def allow_status(self, *statuses: int) -> None:
        """Expect answers with these statuses, which Chromium writes to its console."""
        self._allowed += [re.compile(f"responded with a status of {status}") for status in statuses]

    def allow_lost_connections(self) -> None:
        """Expect requests that the server never answers."""
        self._allowed.append(LOST_CONNECTION)

    def check(self) -> None:
        """Fail when anything was complained of that was not expected."""
        unexpected = [text for text in self.complaints if not any(found.search(text) for found in self._allowed)]
        assert unexpected == []

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _note_error(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error.message}\n{error.stack}")


async def idle(page: Page) -> None:
    """Wait until no request of the page is under way and its answers are swapped in."""
    await page.wait_for_function(IDLE, polling=POLL_MS, timeout=PATIENCE_MS)


async def live(page: Page) -> None:
    """Wait until the page's stream is open."""
    await page.wait_for_function(LIVE, polling=POLL_MS, timeout=PATIENCE_MS)
