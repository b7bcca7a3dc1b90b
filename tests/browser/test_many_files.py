"""Many files at once: told as one thing, in a list that can be worked in meanwhile. Two hundred by ``--whole``."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from tests.factories.files import EICAR
from tests.support.matrix import WHOLE
from tests.support.surfing import assert_no_gap_and_no_double, live

if TYPE_CHECKING:
    import asyncpg
    import pytest
    from playwright.async_api import Page

    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

COUNTING = """
window.counted = { messages: 0, swaps: 0, long: 0, shifts: 0, burst: 0, requests: 0, statuses: [] };
document.addEventListener("htmx:sse:before:message", () => counted.messages++);
document.addEventListener("htmx:after:swap", () => counted.swaps++);
document.addEventListener("htmx:before:request", () => counted.requests++);
new PerformanceObserver((list) => (counted.long += list.getEntries().length)).observe({ type: "longtask" });
// As web.dev sums them: bursts of at most five seconds, a second of rest between two; and all of them together.
const burst = { began: -1e9, ended: -1e9, sum: 0 };
const shifted = (e) => {
  if (e.hadRecentInput) return;
  counted.shifts += e.value;
  const rested = e.startTime - burst.ended > 1000 || e.startTime - burst.began > 5000;
  if (rested) Object.assign(burst, { began: e.startTime, sum: 0 });
  burst.sum += e.value;
  burst.ended = e.startTime;
  counted.burst = Math.max(counted.burst, burst.sum);
};
new PerformanceObserver((list) => list.getEntries().forEach(shifted)).observe({ type: "layout-shift" });
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (body) {
  this.addEventListener("load", () => counted.statuses.push(this.status));
  return send.call(this, body);
};
"""
DROP = """([count, harmful]) => {
  const transfer = new DataTransfer();
  for (let number = 1; number < count; number++)
    transfer.items.add(new File([`line ${number}`], `note-${number}.txt`, { type: "text/plain" }));
  const bytes = Uint8Array.from(atob(harmful), (c) => c.charCodeAt(0));
  transfer.items.add(new File([bytes], "invoice.txt", { type: "text/plain" }));
  return transfer;
}"""
STATES = "select state, count(*) from files.files where tenant_id = $1 group by 1"
NOTICES = "select key from platform.notices where user_id = $1"


async def test_many_files_dropped_at_once_are_one_thing(
    *,
    new_page: NewPage,
    deployment: Deployment,
    owner: Owner,
    deployed_tables: asyncpg.Connection,
    pytestconfig: pytest.Config,
) -> None:
    count = 200 if pytestconfig.getoption(WHOLE) else 40
    page, elsewhere = await new_page(owner=owner), await new_page(owner=owner)
    await page.add_init_script(COUNTING)
    await page.goto(deployment.url("/files", owner.slug))
    await elsewhere.goto(deployment.url("/members", owner.slug))
    await live(page)
    await live(elsewhere)
    transfer = await page.evaluate_handle(DROP, [count, b64encode(EICAR).decode()])
    await page.dispatch_event("[data-upload-zone]", "drop", {"dataTransfer": transfer})

    await expect(page.locator("[data-upload-rows] > li")).to_have_count(1)
    group = page.locator("#run-groups article.run--group")
    await expect(group).to_have_count(1)
    await expect(group.get_by_role("heading")).to_have_text(f"{count} files")
    await expect(page.locator("#runs-bar summary")).to_contain_text(f"{count} files")
    await expect(page.locator("#runs-bar-box .run-row")).to_have_count(1)
    await work_meanwhile(page)

    await expect(group).to_have_attribute("data-state", "refused", timeout=240_000)
    await expect(page.locator("[data-upload-rows] > li")).to_have_count(0)
    await expect(group.locator(".run__line")).to_contain_text(f"{count - 1} ready")
    await expect(group.locator(".run-row")).to_have_count(1)
    await expect(group.locator(".run-row")).to_contain_text("invoice.txt")
    await expect(page.locator("#files tr[data-state=pending]")).to_have_count(0)
    states = dict(await deployed_tables.fetch(STATES, owner.tenant.id))
    assert states == {"ready": count - 1, "infected": 1}
    assert len(await deployed_tables.fetch(NOTICES, owner.person.id)) == 1
    for each in (page, elsewhere):
        await expect(each.locator(".bell__badge")).to_have_text("1")
        await expect(each.locator("#announcer")).to_contain_text(f"{count} files: {count - 1} done, 1 not finished")
    said = await elsewhere.locator("#announcer p").all_inner_texts()
    assert len([text for text in said if text.startswith(f"{count} files")]) == 1, said
    await assert_no_gap_and_no_double(page)

    counted = await page.evaluate("counted")
    uploads = [status for status in counted["statuses"] if status]
    assert set(uploads) == {200}, "nobody is shown that there was no room"
    assert counted["swaps"] < 6 * count, counted
    assert counted["burst"] < 0.1, counted
    assert counted["shifts"] < 0.15, ("nothing is pushed all the while, however many come", counted)
    print(f"{count} files: {counted | {'statuses': len(uploads)}}")  # noqa: T201  # the figures of docs/operations

    await group.get_by_role("button", name="Dismiss").click()
    await expect(group).to_have_count(0)
    await page.reload()
    await live(page)
    await expect(group).to_have_count(0)


async def work_meanwhile(page: Page) -> None:
    """Look for something, unfold the group by keyboard, and open a file, while the list goes on changing."""
    group = page.locator("#run-groups article.run--group")
    await group.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(group.locator("details[open] .run-row").first).to_be_visible()
    before = await group.locator(".run__line").inner_text()
    await expect(group.locator(".run__line")).not_to_have_text(before)
    await expect(group.locator("details")).to_have_attribute("open", "")
    assert await page.evaluate("document.activeElement.matches('.run--group summary')"), "the focus stays"

    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    await field.fill("half a word")
    shown = await page.locator("#runs-bar").inner_html()
    await page.wait_for_function("before => document.getElementById('runs-bar').innerHTML !== before", arg=shown)
    await expect(field).to_be_focused()
    assert await field.input_value() == "half a word"
    await page.keyboard.press("Escape")

    ready: Any = page.locator("#files tr[data-state=ready] a.table__main").first
    name = await ready.inner_text()
    await ready.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("note-")
    assert name
    await page.go_back()
    await expect(page.locator("#files")).to_be_visible()
