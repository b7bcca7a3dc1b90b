"""What a browser test watches and waits for."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Error, Locator, Page

IDLE = "() => window.__busy !== undefined && window.__busy.size === 0"
LIVE = "() => document.documentElement.dataset.live === 'on'"
TRANSFER = """([name, type, base64]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
  return transfer;
}"""
POLL_MS = 20
PATIENCE_MS = 30_000
"""Enough for a machine with other work to do; nothing waits this long where all is well."""

NO_ROOM_YET = re.compile(r"status of 503 .*/live(\?|\)|$)")
"""A busy server tells a stream when to come back; a test that needs one waits until it is open."""
CUT_BY_LEAVING = re.compile(r"^htmx: htmx:sse:error: Error in input stream Error ")
"""Firefox ends a page's stream when the page begins to go elsewhere, and its scripts still hear of it."""
LOST_CONNECTION = re.compile(r"net::ERR_|network error|Failed to fetch|NetworkError")


class Watch:
    """Notes what a page complains of: console errors (refused resources among them) and uncaught errors."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._allowed = [NO_ROOM_YET]
        self._is_over = False

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        browser = page.context.browser
        if browser is not None and browser.browser_type.name == "firefox":
            self._allowed.append(CUT_BY_LEAVING)
        page.on("console", self._note_console)
        page.on("pageerror", self._note_error)

    def allow_status(self, *statuses: int) -> None:
        """Expect answers with these statuses, which Chromium writes to its console."""
        self._allowed += [re.compile(f"(responded with a|failed with) status (of )?{status}") for status in statuses]

    def allow_lost_connections(self) -> None:
        """Expect requests that the server never answers."""
        self._allowed.append(LOST_CONNECTION)

    def end(self) -> None:
        """Note no more: for a picture Playwright lays a sheet of its own into a page, which is refused as any other."""
        self._is_over = True

    def check(self) -> None:
        """Fail when anything was complained of that was not expected."""
        unexpected = [text for text in self.complaints if not any(found.search(text) for found in self._allowed)]
        assert not unexpected, "the pages complained:\n" + "\n".join(unexpected)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_over:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _note_error(self, error: Error) -> None:
        if not self._is_over:
            self.complaints.append(f"uncaught: {error.message}\n{error.stack}")


async def idle(page: Page) -> None:
    """Wait until no request of the page is under way and its answers are swapped in."""
    await page.wait_for_function(IDLE, polling=POLL_MS, timeout=PATIENCE_MS)


async def live(page: Page) -> None:
    """Wait until the page's stream is open."""
    await page.wait_for_function(LIVE, polling=POLL_MS, timeout=PATIENCE_MS)


async def seen(page: Page) -> dict[str, list[int]]:
    """The event numbers that the page's stream has told so far, by run."""
    numbers: dict[str, list[int]] = await page.evaluate("window.adxSeen")
    return {key: told for key, told in numbers.items() if key.startswith("run-") and not key.startswith("run-row-")}


async def assert_no_gap_and_no_double(page: Page) -> dict[str, list[int]]:
    """Each run's numbers are k, k+1, ... n, from wherever the page came in; returns them in their order.

    They may arrive out of it: after a crash, what the dead process had not told comes later, from the sweep.
    """
    runs = {run: sorted(numbers) for run, numbers in (await seen(page)).items()}
    for run, numbers in runs.items():
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"{run}: {numbers}"
    return runs


async def drop_file(page: Page, zone: str, name: str, kind: str, content: bytes) -> None:
    """Let a file fall onto a part of the page."""
    transfer = await page.evaluate_handle(TRANSFER, [name, kind, b64encode(content).decode()])
    for event in ("dragenter", "dragover", "drop"):
        await page.dispatch_event(zone, event, {"dataTransfer": transfer})


async def loaded(picture: Locator) -> None:
    """Wait until a picture is there and has been drawn."""
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("image => image.naturalWidth") > 0


async def choose(page: Page, name: str, content: bytes, kind: str = "application/octet-stream") -> None:
    """Choose a file in the page's upload form."""
    chosen: Any = {"name": name, "mimeType": kind, "buffer": content}
    await page.locator("input[type=file]").set_input_files([chosen])
