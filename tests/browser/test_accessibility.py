"""Every page passes axe-core's rules of WCAG 2.2 A and AA in light and in dark, wide and narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.async_api import expect

from core.settings import ROOT
from tests.factories.files import EICAR, photo
from tests.support.surfing import Watch, choose, idle, live

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RUN = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then(({ violations }) => violations.map(({ id, impact, nodes }) =>
  ({ id, impact, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 200) + " " + failureSummary) })))"""
SERIOUS = ("serious", "critical")
HOME_PAGES = ("/", "/tenants", "/tenants/new", "/sessions", "/nothing-here")
TENANT_PAGES = (
    "/",
    "/files",
    "/runs",
    "/members",
    "/notifications",
    "/preferences/notifications",
    "/nothing-here",
)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("dark", 390)])
async def test_every_page(
    *,
    deployment: Deployment,
    new_page: NewPage,
    owner: Owner,
    scheme: Literal["light", "dark"],
    width: int,
    watch: Watch,
) -> None:
    watch.allow_status(404)
    page = await new_page(scheme=scheme, width=width)
    findings: list[str] = []
    for path in ("/", "/register", "/login"):
        await page.goto(deployment.url(path))
        findings += await serious(page)
    page = await new_page(scheme=scheme, width=width, owner=owner)
    for path in HOME_PAGES:
        await page.goto(deployment.url(path))
        findings += await serious(page)
    await fill(page, deployment.url("/files", owner.slug))
    for path in TENANT_PAGES:
        await page.goto(deployment.url(path, owner.slug))
        await idle(page)
        findings += await serious(page)
    findings += await serious_of_a_file(page, deployment.url("/files", owner.slug))
    assert not findings, "\n".join(findings)


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


async def serious(page: Page) -> list[str]:
    """What axe finds and calls serious or critical."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(f"() => {{ {AXE} }}")
    found: list[dict[str, Any]] = await page.evaluate(RUN)
    return [f"{page.url} {rule['id']}: {node}" for rule in found if rule["impact"] in SERIOUS for node in rule["nodes"]]
