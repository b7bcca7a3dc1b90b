"""One device, one person after the other: what the first one saw is not there for the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from core.context import Person
from core.ids import new_id
from domain.tenants.repository import Member, TenantRepository
from tests.browser.conftest import give_sessions
from tests.factories.files import photo
from tests.support.surfing import Watch, choose, idle, live, loaded

if TYPE_CHECKING:
    from playwright.async_api import Page

    from core.db import Database
    from tests.browser.conftest import NewPage
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

NAME = "coast.jpg"
KEPT = "localStorage.getItem('adx-recent')"
FROM_THE_DEVICE = """address =>
  fetch(address, { cache: "only-if-cached", mode: "same-origin" }).then((answer) => answer.status, () => 0)"""


@pytest.fixture
async def colleague(deployed_db: Database, owner: Owner) -> Owner:
    """Another person of the same workspace."""
    person = Person(new_id(), "Ben Frost", "ben@example.com")
    async with deployed_db.unit_of_work(owner.tenant.id, "tenants") as uow:
        member = Member(person.id, person.name, person.email, "member")
        await TenantRepository(uow.session).add_member(owner.tenant.id, member)
    return replace(owner, person=person)


async def test_what_was_chosen_before_is_shown_to_the_same_person_alone(
    deployment: Deployment, deployed_db: Database, new_page: NewPage, owner: Owner, colleague: Owner
) -> None:
    page = await new_page(owner=owner)
    await _read(page, deployment, owner, "/files")
    await choose(page, NAME, photo(), "image/jpeg")
    await expect(page.locator("#files tr", has_text=NAME)).to_have_attribute("data-state", "ready")
    await _choose_in_the_palette(page, "coast")
    await _log_in_again(page, deployment, deployed_db, owner)
    await _read(page, deployment, owner)
    await page.keyboard.press("Control+k")
    recent = page.locator("#palette-found").get_by_role("group", name="Recent")
    await expect(recent).to_contain_text(NAME)

    await _log_in_again(page, deployment, deployed_db, colleague)
    await _read(page, deployment, owner)

    assert await page.evaluate(KEPT) is None
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette-found").get_by_role("option").first).to_be_visible()
    await expect(recent).to_have_count(0)
    await _choose_in_the_palette(page, "coast")
    kept = await page.evaluate(KEPT)
    assert NAME in kept
    for secret in (colleague.person.name, colleague.person.email, str(colleague.person.id)):
        assert secret not in kept


async def test_a_picture_that_one_session_was_shown_is_no_other_ones(
    *,
    deployment: Deployment,
    deployed_db: Database,
    new_page: NewPage,
    owner: Owner,
    colleague: Owner,
    watch: Watch,
) -> None:
    watch.allow_lost_connections()  # what is not on the device counts as one that is lost
    watch.allow_status(401)  # without its session, the open page may ask for what is new
    page = await new_page(owner=owner)
    await _read(page, deployment, owner, "/files")
    await choose(page, NAME, photo(), "image/jpeg")
    picture = page.locator("#files tr", has_text=NAME).locator("img.thumbnail")
    await loaded(picture)
    address = await picture.get_attribute("src")
    assert await page.evaluate(FROM_THE_DEVICE, address) == 200

    await page.context.clear_cookies()
    assert await page.evaluate(FROM_THE_DEVICE, address) != 200
    await give_sessions(page.context, deployment, deployed_db, colleague)
    assert await page.evaluate(FROM_THE_DEVICE, address) != 200


async def _read(page: Page, deployment: Deployment, owner: Owner, path: str = "/") -> None:
    await page.goto(deployment.url(path, owner.slug))
    await live(page)
    await idle(page)


async def _choose_in_the_palette(page: Page, words: str) -> None:
    if not await page.locator("#palette").is_visible():
        await page.keyboard.press("Control+k")
    await page.get_by_role("combobox").fill(words)
    first = page.locator("#palette-found").get_by_role("option", name=words).first
    await first.click()
    await expect(page.locator("#palette")).not_to_be_visible()
    await idle(page)


async def _log_in_again(page: Page, deployment: Deployment, db: Database, owner: Owner) -> None:
    """As it is after a log-out elsewhere: this host was told nothing, and the next session is another one."""
    await page.goto("about:blank")  # nothing of the open page is asked for in between, as nobody
    await page.context.clear_cookies()
    await give_sessions(page.context, deployment, db, owner)
