"""What a sibling host may set for all hosts of the domain, in Chromium: our sessions neither change nor end by it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.async_api import expect

from tests.browser.conftest import give_sessions
from tests.support.people import PASSWORD, sign_in
from web.kit.security import SESSION_COOKIE, VISITOR_COOKIE

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

    from core.db import Database
    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

COOKIES = (
    'prefs={"theme":"dark","sizes":[1,2],"name":"a b"}',
    'quoted="a\\"b\\\\c"',
    "backslashes=" + "\\" * 2000,
    'quote="' + "\\" * 1000,
    "=no name",
    "no value",
    "spaced name=1",
    "umlaut=äöü",
    "comma=a,b,c",
    "equals=a=b==",
    f"blank=a {SESSION_COOKIE}={{stolen}}",
    f"tab=a\t{SESSION_COOKIE}={{stolen}}",
    f"\u2000{SESSION_COOKIE}={{stolen}}",
    f"\u00a0{SESSION_COOKIE}={{stolen}}",
    f"\u0085{SESSION_COOKIE}={{stolen}}",
    f"{SESSION_COOKIE}\u00a0={{stolen}}",
    f"{SESSION_COOKIE}={{stolen}}",
    f"={SESSION_COOKIE}={{stolen}}",
    f"{SESSION_COOKIE.lower()}={{stolen}}",
    f"blank2=a {VISITOR_COOKIE}=chosen",
)
"""What is set with ``domain=`` of the parent; in ``{stolen}`` stands a session of the attacker."""


async def test_cookies_of_a_sibling_host_end_no_session(
    deployment: Deployment, deployed_db: Database, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page()
    await _set_by_a_sibling(page, deployment, owner, "made-up")
    await give_sessions(page.context, deployment, deployed_db, owner)  # younger ones are sent after the others

    await page.goto(deployment.url("/members", owner.slug))
    await expect(page.get_by_role("cell", name=owner.person.email)).to_be_visible()
    await page.get_by_role("link", name="Files", exact=True).click()
    await expect(page.get_by_text("No files yet").first).to_be_visible()


async def test_cookies_of_a_sibling_host_begin_no_session_and_keep_nobody_from_beginning_one(
    deployment: Deployment, deployed_db: Database, new_page: NewPage, owner: Owner
) -> None:
    page = await new_page()
    await _set_by_a_sibling(page, deployment, owner, await sign_in(deployed_db, owner))

    await page.goto(deployment.url("/members", owner.slug))
    await page.get_by_label("Email address").fill(owner.person.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(deployment.url("/members", owner.slug))
    await expect(page.get_by_role("cell", name=owner.person.email)).to_be_visible()


async def _set_by_a_sibling(page: Page, deployment: Deployment, owner: Owner, stolen: str) -> None:
    """Have a page of another host of the domain set them all.

    Browsers let no host set cookies for all of ``localhost``, so the domain is the workspace's own host here.
    """
    host = urlsplit(deployment.url(slug=owner.slug))
    sibling = f"http://sibling.{host.netloc}/"

    async def answer(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<title>sibling</title>")

    await page.route(sibling, answer)
    await page.goto(sibling)
    await page.evaluate(
        """([lines, domain]) => {
          lines.forEach((line) => { document.cookie = `${line}; domain=${domain}; path=/`; });
          return document.cookie;  // to read them waits until they are kept
        }""",
        [[line.replace("{stolen}", stolen) for line in COOKIES], host.hostname],
    )
    kept = {cookie["name"]: cookie["value"] for cookie in await page.context.cookies(deployment.url(slug=owner.slug))}
    assert kept["blank"] == f"a {SESSION_COOKIE}={stolen}"  # which the browser does send
