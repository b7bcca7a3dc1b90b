"""Rows of uploads: progress, refusals, waiting, and the way to other pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.kit import screen
from web.runs import (
    routes as runs_routes,  # noqa: F401  # hangs the bar on it
)

pytestmark = pytest.mark.browser


def of_size(name: str, size: int = 1) -> Any:
    return {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}


async def test_a_file_has_a_row_and_what_is_chosen_at_once_has_one_for_all(page: Page) -> None:
    rows = page.locator("[data-upload-rows] > li")
    await page.set_input_files("#files", [of_size("b.txt", 3_000_000)])
    await expect(rows).to_have_text(["b.txt: 3000000"])

    screen.state["broken"] = 1
    names = [*(f"{number}.txt" for number in range(30)), "refused.txt", "lost.txt"]
    await page.set_input_files("#files", [of_size(name) for name in names])
    await expect(rows).to_have_count(3)
    refused, lost = rows.filter(has_text="refused.txt"), rows.filter(has_text="lost.txt")
    await expect(refused).to_contain_text("Too large for this tenant.")
    await expect(lost).to_contain_text("Not uploaded")
    await expect(page.locator("#announcer")).to_contain_text("30 of 32 uploaded")
    screen.state["broken"] = 0
    await expect(refused.get_by_role("button")).to_have_count(0)
    await lost.get_by_role("button", name="again").click()
    await expect(lost).to_have_text("lost.txt: 1")
    assert await page.evaluate("__busy.size") == 0


async def test_what_is_uploaded_stays_in_sight_on_the_way_to_other_pages(page: Page) -> None:
    screen.state["crowded"] = 1
    await page.set_input_files("#files", [of_size(f"{number}.txt") for number in range(6)])
    rows = page.locator("[data-upload-rows] > li")
    await expect(rows).to_contain_text(["0 of 6 uploaded"])
    await expect(rows).to_contain_text("Waiting")
    await page.click("#there")
    await expect(page.locator("h1")).to_have_text("There")
    await expect(rows).to_contain_text(["0 of 6 uploaded"])
    await rows.get_by_role("button", name="cancel").click()
    await expect(rows).to_have_count(0)
    screen.state["crowded"] = 0
    assert await page.evaluate("__busy.size") == 0


async def test_files_that_are_too_many_for_now_wait_and_go_on_by_themselves(page: Page) -> None:
    screen.state["crowded"] = 1
    for name in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt"):
        await page.set_input_files("#files", [of_size(name)])
    rows = page.locator("[data-upload-rows] > li")
    await expect(rows.nth(0)).to_contain_text("Waiting")
    await expect(rows.nth(1)).to_contain_text("Waiting")
    await rows.nth(1).get_by_role("button").click()
    await expect(rows).to_have_count(4)

    screen.state["crowded"] = 0
    await expect(rows).to_have_text(["a.txt: 1", "c.txt: 1", "d.txt: 1", "e.txt: 1"])
    assert await page.evaluate("__busy.size") == 0
