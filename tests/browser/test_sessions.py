"""Who is in, who is out, and what crosses between workspaces: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.factories.files import photo
from tests.support.people import PASSWORD, new_owner
from tests.support.surfing import Watch, choose, live

if TYPE_CHECKING:
    from playwright.async_api import Page

    from core.db import Database
    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

SECONDS_UNTIL_REVOKED = 5.0


async def log_in(page: Page, deployment: Deployment, owner: Owner, password: str = PASSWORD) -> None:
    await page.goto(deployment.url("/login"))
    await page.get_by_label("Email address").fill(owner.person.email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()


async def test_log_in_enter_log_out_and_go_back(
    deployment: Deployment, new_page: NewPage, owner: Owner, watch: Watch
) -> None:
    page = await new_page()
    watch.allow_status(422)
    await log_in(page, deployment, owner, "not the password at all")
    await expect(page.get_by_text("That email and password don’t match")).to_be_visible()
    await expect(page.get_by_label("Email address")).to_have_value(owner.person.email)

    await log_in(page, deployment, owner)
    await page.get_by_role("button", name=f"Open {owner.tenant.name}").click()
    await expect(page.get_by_text("No files yet").first).to_be_visible()
    await page.get_by_role("link", name="People").click()
    await expect(page.get_by_role("cell", name=owner.person.email)).to_be_visible()

    await page.locator("summary", has_text=owner.person.name).click()
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert owner.person.email not in await page.content()
    await page.goto(deployment.url("/files", owner.slug))
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()


async def test_a_page_without_a_session_leads_to_where_one_logs_in_and_back(
    deployment: Deployment, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page()
    await page.goto(deployment.url("/members", owner.slug))
    await page.get_by_label("Email address").fill(owner.person.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(deployment.url("/members", owner.slug))
    await expect(page.get_by_role("cell", name=owner.person.email)).to_be_visible()


async def test_signing_another_browser_out_ends_what_it_shows(
    deployment: Deployment, new_page: NewPage, owner: Owner, watch: Watch
) -> None:
    watch.allow_status(401)
    here, there = await new_page(), await new_page()
    for page in (here, there):
        await log_in(page, deployment, owner)
        await expect(page.get_by_role("heading", name="Your workspaces")).to_be_visible()
    await there.get_by_role("button", name="Open").click()
    await live(there)

    await here.goto(deployment.url("/sessions"))
    await here.locator("#sessions").get_by_role("button", name="Log out").click()
    await expect(here.locator("#sessions").get_by_role("button", name="Log out")).to_have_count(0)
    await there.wait_for_url(f"{deployment.url('/login')}**", timeout=SECONDS_UNTIL_REVOKED * 1000)


async def test_two_workspaces_in_two_tabs_know_nothing_of_each_other(
    deployment: Deployment, new_page: NewPage, deployed_db: Database
) -> None:
    """The same browser, the same worker, the same moment; each tab shows and hears of its own alone."""
    acme = await new_owner(deployment, deployed_db, "Ada Byron", "Acme")
    globex = await new_owner(deployment, deployed_db, "Bob Stone", "Globex")
    tabs = {}
    for owner in (acme, globex):
        page = await new_page(owner=owner)
        await page.add_init_script(HEARD)
        await page.goto(deployment.url("/files", owner.slug))
        await live(page)
        tabs[owner] = page
    for owner, page in tabs.items():
        await choose(page, f"secret-of-{owner.tenant.name}.jpg", photo())
    for owner, page in tabs.items():
        other = globex if owner is acme else acme
        row = page.locator("#files tr", has_text=f"secret-of-{owner.tenant.name}.jpg")
        await expect(row).to_have_attribute("data-state", "ready")
        heard = "".join(await page.evaluate("window.heard"))
        assert f"secret-of-{owner.tenant.name}" in heard
        for page_text in (heard, await page.content()):
            assert f"secret-of-{other.tenant.name}" not in page_text
            assert str(other.tenant.id) not in page_text


HEARD = """
window.heard = [];
document.addEventListener("htmx:sse:before:message", (event) => window.heard.push(event.detail.message.data));
"""
