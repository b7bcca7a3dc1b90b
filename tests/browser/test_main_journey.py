"""From a stranger to a file and back: the main job, in one go, as a person does it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import expect

from core.ids import new_id
from tests.factories.files import noise, pdf
from tests.support.people import PASSWORD
from tests.support.surfing import Watch, assert_no_gap_and_no_double, choose, drop_file, idle, live, loaded
from tests.support.words import Words

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Named, NewPage
    from tests.support.deployment import Deployment

LINK = re.compile(r"http://\S+/verify/\S+")
UPLOAD_BYTES_A_SECOND = 1_500_000
PROGRESS = """
addEventListener("DOMContentLoaded", () => {
  window.progressShown = [];
  const look = () => {
    for (const bar of document.querySelectorAll("[data-upload-rows] progress")) progressShown.push(bar.value / bar.max);
  };
  new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, attributes: true });
});
"""


@pytest.mark.parametrize(
    ("browser", "width", "locale", "scheme"),
    [
        ("firefox", 1440, "en", "light"),
        ("chromium", 390, "en", "light"),
        ("chromium", 1440, "de", "dark"),
    ],
)
async def test_register_build_a_workspace_upload_and_remove(
    *,
    deployment: Deployment,
    new_page: NewPage,
    watch: Watch,
    browser: Named,
    width: int,
    locale: str,
    scheme: Literal["light", "dark"],
) -> None:
    watch.allow_status(404)  # the open page of a file asks for it once more when it is removed
    words = Words(locale)
    page = await new_page(width=width, language=locale, scheme=scheme, browser=browser)
    mark = new_id().hex[-6:]
    slug, email, picture, document = f"north-pier-{mark}", f"ines-{mark}@example.com", noise(), pdf(2)

    await register(page, words, deployment, email)
    await confirm(page, words, deployment, email)
    await create_workspace(page, words, f"North Pier {mark}", slug)
    await upload(page, words, deployment.url("/files", slug), picture, document)
    await look_at_the_file(page, words, picture)
    await remove_and_bring_back(page, words)
    watch.check()
    watch.allow_status(401)  # without its session, the page that is being left may ask for what is new
    watch.allow_lost_connections()  # and what it asks while it is left is not answered
    await log_out(page, words)


async def register(page: Page, words: Words, deployment: Deployment, email: str) -> None:
    await page.goto(deployment.url("/"))
    await page.get_by_role("link", name=words("Create account")).first.click()
    await page.get_by_label(words("Your name", "auth")).fill("Ines Vogel")
    await page.get_by_label(words("Email address", "auth")).fill(email)
    await page.get_by_label(words("Password", "auth"), exact=True).fill(PASSWORD)
    await page.get_by_role("button", name=words("Create account", "auth")).click()
    await expect(page.get_by_role("heading", name=words("Check your email", "auth"))).to_be_visible()
    await live(page)
    card = page.locator("article.run")
    await expect(card).to_have_attribute("data-state", "waiting")
    await expect(card).to_contain_text(words("Wait for you to confirm by email", "auth"))


async def confirm(page: Page, words: Words, deployment: Deployment, email: str) -> None:
    """The link opens in a second tab; the first, which waits, goes on by itself."""
    mail = await deployment.mailbox.wait_for(email)
    link = LINK.search(mail.text)
    assert link
    tab = await page.context.new_page()
    await tab.goto(link.group())
    await tab.get_by_role("button", name=words("Confirm and continue", "auth")).click()
    heading = words("Create a workspace", "tenants")
    await expect(tab.get_by_role("heading", name=heading)).to_be_visible()
    await tab.close()
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    await idle(page)


async def create_workspace(page: Page, words: Words, name: str, slug: str) -> None:
    await page.get_by_label(words("Name of the workspace", "tenants")).press_sequentially(name)
    await expect(page.get_by_label(words("Address", "tenants"))).to_have_value(slug)
    await expect(page.locator("#slug-availability")).to_contain_text(slug)
    await idle(page)
    await page.get_by_role("button", name=words("Create workspace", "tenants")).click()
    card = page.locator("article.run")
    await expect(card).to_contain_text(words("Creating {name}", "tenants", name=name))
    await expect(card).to_have_attribute("data-state", "done")
    await expect(card.locator("li.step[data-state=done]")).to_have_count(7)
    await expect(page.locator("#announcer")).to_contain_text(words("Ready to be used", "tenants"))
    assert len(await assert_no_gap_and_no_double(page)) >= 1
    await card.get_by_role("link", name=words("Open")).click()
    await page.wait_for_url(f"http://{slug}.**")
    await expect(page.get_by_text(words("No files yet", "files")).first).to_be_visible()


async def upload(page: Page, words: Words, files_url: str, picture: bytes, document: bytes) -> None:
    """One file falls onto the page, the other is chosen."""
    await page.add_init_script(PROGRESS)
    await page.goto(files_url)
    await live(page)
    if is_slowed := page.context.browser is not None and page.context.browser.browser_type.name == "chromium":
        await slow_uploads(page)
    await drop_file(page, "[data-upload-zone]", "coast.jpg", "image/jpeg", picture)
    await choose(page, "plan.pdf", document, "application/pdf")
    for name in ("coast.jpg", "plan.pdf"):
        await expect(page.locator("article.run", has_text=name)).to_have_attribute("data-state", "done")
        row = page.locator("#files tr", has_text=name)
        await expect(row).to_have_attribute("data-state", "ready")
        await expect(row).to_contain_text(words("Ready", "files"))
        await loaded(row.locator("img.thumbnail"))
    if is_slowed:
        assert any(0 < share < 1 for share in await page.evaluate("progressShown"))
    runs = await assert_no_gap_and_no_double(page)
    assert len(runs) == 2
    await expect(page.locator("#announcer")).to_contain_text("coast.jpg")


async def look_at_the_file(page: Page, words: Words, picture: bytes) -> None:
    await page.locator("#files").get_by_role("link", name="coast.jpg").click()
    await expect(page.get_by_role("heading", name="coast.jpg")).to_be_visible()
    await loaded(page.locator("img.preview"))
    await expect(page.get_by_text("YARA-X")).to_be_visible()
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name=words("Download", "files")).click()
    download = await waiting.value
    assert download.suggested_filename == "coast.jpg"
    assert await asyncio.to_thread(Path(await download.path()).read_bytes) == picture


async def remove_and_bring_back(page: Page, words: Words) -> None:
    await remove(page, words)
    await page.get_by_role("button", name=words("Undo", "files")).click()
    row = page.locator("#files tr", has_text="coast.jpg")
    await expect(row).to_have_attribute("data-state", "ready")
    await row.get_by_role("link", name="coast.jpg").click()
    await expect(page.get_by_role("heading", name="coast.jpg")).to_be_visible()
    await remove(page, words)
    await expect(row).to_have_count(0)


async def remove(page: Page, words: Words) -> None:
    await page.get_by_role("button", name=words("Delete", "files"), exact=True).click()
    await expect(page.locator("#file-list").get_by_role("button", name=words("Undo", "files"))).to_be_visible()


async def log_out(page: Page, words: Words) -> None:
    await page.locator("summary", has_text="Ines Vogel").locator("visible=true").click()
    await page.get_by_role("button", name=words("Log out")).locator("visible=true").click()
    await expect(page.get_by_role("link", name=words("Create account")).first).to_be_visible()


async def slow_uploads(page: Page) -> None:
    """A line that takes long enough for progress to be seen."""
    session = await page.context.new_cdp_session(page)
    await session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": UPLOAD_BYTES_A_SECOND},
    )
