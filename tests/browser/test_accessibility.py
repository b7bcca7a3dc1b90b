"""Every page passes axe-core's rules of WCAG 2.2 A and AA: in light and wide, and in dark and narrow.

What a colour can break is the same at any width, and what a width can break in any colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.async_api import Error as PlaywrightError, expect

from core.settings import ROOT
from tests.browser.site import Site
from tests.factories.files import EICAR, photo
from tests.support.surfing import Watch, choose, idle, live

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """(rules) => axe.run(document, {
  runOnly: rules ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then(({ violations }) => violations.map(({ id, impact, nodes }) =>
  ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary) })))"""
SERIOUS = ("serious", "critical")
WALKED = "/patterns"
"""Has tests of its own, in every theme."""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
async def test_every_page(
    *,
    deployment: Deployment,
    new_page: NewPage,
    owner: Owner,
    scheme: Literal["light", "dark"],
    width: int,
    watch: Watch,
) -> None:
    watch.allow_status(400, 403, 404)
    site = Site(deployment, owner.slug)
    homes = [deployment.url(path) for path in (*site.starts("home"), "/nothing-here")]
    tenants = [deployment.url(path, owner.slug) for path in (*site.starts("tenant"), "/nothing-here")]
    stranger = await new_page(scheme=scheme, width=width)
    findings = await serious_of_all(stranger, homes)
    page = await new_page(scheme=scheme, width=width, owner=owner)
    await fill(page, deployment.url("/files", owner.slug))
    findings += await serious_of_all(page, [*homes, *tenants])
    findings += await serious_of_a_file(page, deployment.url("/files", owner.slug))
    assert not findings, "\n".join(findings)


async def serious_of_all(page: Page, urls: list[str]) -> list[str]:
    """What axe finds on the whole pages among these addresses."""
    findings: dict[str, list[str]] = {}
    for url in urls:
        # Many send on to another one: to log in, to the first page.
        if not url.endswith(WALKED) and await opened(page, url) and page.url not in findings:
            findings[page.url] = await serious(page)
    return [finding for found in findings.values() for finding in found]


async def opened(page: Page, url: str) -> bool:
    """Go to an address. Return whether it is a whole page: some are a part of one, a sheet, or a file to keep."""
    try:
        await page.goto(url)
    except PlaywrightError as error:
        if "Download is starting" in error.message:
            return False
        raise
    if not await page.locator("#main").count():
        return False
    await idle(page)
    return True


async def fill(page: Page, files: str) -> None:
    """A file that is ready and one that is blocked, so that the pages have something to show."""
    await page.goto(files)
    await live(page)
    await choose(page, "coast.jpg", photo())
    await choose(page, "invoice.txt", EICAR)
    for state in ("ready", "infected"):
        await expect(page.locator(f"#files tr[data-state={state}]")).to_have_count(1)


async def serious_of_a_file(page: Page, files: str) -> list[str]:
    """A file's page, and the run that prepared it."""
    await page.goto(files)
    await page.get_by_role("link", name="coast.jpg").click()
    await expect(page.get_by_role("heading", name="coast.jpg")).to_be_visible()
    findings = await serious(page)
    await page.goto(files.replace("/files", "/runs"))
    await page.locator("#main").get_by_role("link", name="Preparing coast.jpg").click()
    await page.wait_for_url("**/runs/*")
    await idle(page)
    return findings + await serious(page)


async def serious(page: Page, rules: Sequence[str] | None = None) -> list[str]:
    """What axe finds and calls serious or critical, by all its rules or by some."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    found: list[dict[str, Any]] = await page.evaluate(RUN, rules)
    return [f"{page.url} {rule['id']}: {node}" for rule in found if rule["impact"] in SERIOUS for node in rule["nodes"]]
