"""The bell, the list and the preferences: each person sees their own, wherever they look."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from core.ids import new_id
from core.notices import RUN_FINISHED, RUN_NEEDS_YOU
from tests.factories.notices import tell

if TYPE_CHECKING:
    import asyncpg

    from core.db import Database
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Answer, Visitor
    from tests.support.web_fixtures import SignIn

PREFERENCES = "/preferences/notifications"


def titles(answer: Answer) -> list[str]:
    return [link.text for link in answer.html.all("a", class_="notice__title")]


async def bell_of(visitor: Visitor, tenant: TestTenant) -> str:
    """The words of the bell."""
    count = await visitor.get(tenant.url("/notifications/count"), HX_Request="true")
    return count.html.one(id="bell-count").one("span", class_="visually-hidden").text


async def test_a_person_sees_their_own_and_nobody_elses(db: Database, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    await tell(db, acme.context("member"), "mine.pdf")
    await tell(db, acme.context("owner"), "the-owners.pdf")
    await tell(db, globex.context("member"), "elsewhere.pdf")
    member, owner, guest = [await sign_in(acme, role) for role in ("member", "owner", "guest")]

    assert titles(await member.get(acme.url("/notifications"))) == ["Preparing mine.pdf"]
    assert titles(await owner.get(acme.url("/notifications"))) == ["Preparing the-owners.pdf"]
    assert titles(await guest.get(acme.url("/notifications"))) == []
    assert await bell_of(member, acme) == "Notifications: 1 unread"
    assert await bell_of(guest, acme) == "Notifications"


async def test_the_newest_come_first_by_day_and_older_ones_by_page(
    db: Database, two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    ids = [await tell(db, acme.context(), f"{number}.pdf") for number in range(33)]
    await owner_connection.execute(
        "update platform.notices set created_at = now() - interval '1 day' where id = any($1)", ids[:30]
    )
    await owner_connection.execute(
        "update platform.notices set created_at = '2020-02-03 12:00Z' where id = any($1)", ids[:1]
    )
    member = await sign_in(acme, "member")

    first = await member.get(acme.url("/notifications"))
    assert titles(first) == [f"Preparing {number}.pdf" for number in range(32, 2, -1)]
    assert [heading.text for heading in first.html.all("h2")][:2] == ["Today", "Yesterday"]
    older = first.html.one("a", href=f"/notifications?before={ids[3]}")
    second = await member.get(acme.url(older.attributes["href"]))
    assert titles(second) == ["Preparing 2.pdf", "Preparing 1.pdf", "Preparing 0.pdf"]
    assert [heading.text for heading in second.html.all("h2")][:2] == ["Yesterday", "3 Feb 2020"]


async def test_reading_one_marks_that_one(db: Database, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    first, second = await tell(db, acme.context(), "a.pdf"), await tell(db, acme.context(), "b.pdf")
    member = await sign_in(acme, "member")
    await member.get(acme.url("/notifications"))

    answer = await member.post(acme.url(f"/notifications/{first}/reading"), HX_Request="true")

    assert (answer.status, answer.headers["hx-trigger"]) == (200, "notifications:changed")
    page = await member.get(acme.url("/notifications"))
    assert "data-unread" not in page.html.one("li", id=f"notice-{first}").attributes
    unread = page.html.one("li", id=f"notice-{second}")
    assert "data-unread" in unread.attributes
    assert "Unread" in unread.text, "not by colour alone"
    assert await bell_of(member, acme) == "Notifications: 1 unread"
    # Without htmx, and once more: nothing changes, and the list comes back.
    assert (await member.post(acme.url(f"/notifications/{first}/reading"))).location == "/notifications"


async def test_somebody_elses_cannot_be_read(
    db: Database, two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    theirs = [
        await tell(db, acme.context("owner")),
        await tell(db, two_tenants.globex.context("member")),
    ]
    member = await sign_in(acme, "member")
    await member.get(acme.url("/notifications"))

    answers = [await member.post(acme.url(f"/notifications/{an_id}/reading")) for an_id in [*theirs, new_id()]]

    assert [answer.status for answer in answers] == [404, 404, 404]
    assert await member.post(acme.url("/notifications/reading")) is not None
    query = "select count(*) from platform.notices where id = any($1) and read_at is null"
    assert await owner_connection.fetchval(query, theirs) == 2


async def test_mark_all_as_read_leaves_what_was_not_shown_yet(
    db: Database, two_tenants: TwoTenants, sign_in: SignIn
) -> None:
    acme = two_tenants.acme
    for name in ("a.pdf", "b.pdf"):
        await tell(db, acme.context(), name)
    member = await sign_in(acme, "member")
    page = await member.get(acme.url("/notifications"))
    until = page.html.one("input", name="until").attributes["value"]
    await tell(db, acme.context(), "later.pdf")

    assert (await member.post(acme.url("/notifications/reading"), {"until": until})).location == "/notifications"

    page = await member.get(acme.url("/notifications"))
    assert [row.one("a").text for row in page.html.all("li", data_unread="")] == ["Preparing later.pdf"]
    await member.post(acme.url("/notifications/reading"), {"until": "nonsense"})
    page = await member.get(acme.url("/notifications"))
    assert page.html.all("li", data_unread="") == []
    assert page.html.all("input", name="until") == [], "nothing left to mark"


async def test_the_bell_counts_no_further_than_99(db: Database, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    for number in range(101):
        await tell(db, acme.context(), f"{number}.pdf")
    member = await sign_in(acme, "member")

    count = (await member.get(acme.url("/notifications/count"), HX_Request="true")).html
    assert count.one(class_="bell__badge").text == "99+"
    panel = await member.get(acme.url("/notifications/recent"), HX_Request="true")
    assert titles(panel) == [f"Preparing {number}.pdf" for number in range(100, 92, -1)]


async def test_the_same_key_is_told_once(db: Database, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    for _ in range(3):
        await tell(db, acme.context(), key="activity/1")
    await tell(db, acme.context("owner"), key="activity/1")
    assert len(titles(await (await sign_in(acme, "member")).get(acme.url("/notifications")))) == 1
    assert len(titles(await (await sign_in(acme, "owner")).get(acme.url("/notifications")))) == 1


@pytest.mark.parametrize("href", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
async def test_a_notification_leads_nowhere_else(db: Database, two_tenants: TwoTenants, href: str) -> None:
    with pytest.raises(ValueError, match="a path of the tenant"):
        await tell(db, two_tenants.acme.context(), href=href)


async def test_what_nobody_wants_to_see_is_not_shown(db: Database, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    await tell(db, acme.context(), "done.pdf", kind=RUN_FINISHED)
    await tell(db, acme.context(), "broken.pdf", kind=RUN_NEEDS_YOU)
    await tell(db, acme.context("owner"), "done-too.pdf", kind=RUN_FINISHED)
    member, owner = await sign_in(acme, "member"), await sign_in(acme, "owner")
    page = await member.get(acme.url(PREFERENCES))
    assert page.heading == "Notifications"
    assert page.html.one("select", id="mail-runs-needs_you").one("option", selected="").attributes["value"] == "unread"

    wanted = {
        "mail.runs.finished": "never",
        "in_product.runs.needs_you": "yes",
        "mail.runs.needs_you": "at_once",
        "in_product.tenants.news": "yes",
        "mail.tenants.news": "never",
    }
    saved = await member.post(acme.url(PREFERENCES), wanted)

    assert saved.location == f"{PREFERENCES}?saved"
    page = await member.get(acme.url(saved.location))
    assert page.html.one(role="status", class_="tone--success row").text == "Saved"
    assert "checked" not in page.html.one("input", name="in_product.runs.finished").attributes
    assert "checked" in page.html.one("input", name="in_product.runs.needs_you").attributes
    assert page.html.one("select", id="mail-runs-needs_you").one("option", selected="").text == "At once"
    assert titles(await member.get(acme.url("/notifications"))) == ["Preparing broken.pdf"]
    assert await bell_of(member, acme) == "Notifications: 1 unread"
    assert titles(await owner.get(acme.url("/notifications"))) == ["Preparing done-too.pdf"]


async def test_a_choice_that_is_not_offered_is_refused(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    await member.get(acme.url(PREFERENCES))
    answer = await member.post(acme.url(PREFERENCES), {"mail.runs.finished": "hourly"})
    assert answer.status == 422
    assert (
        "checked"
        in (await member.get(acme.url(PREFERENCES))).html.one("input", name="in_product.runs.finished").attributes
    )


async def test_the_page_says_it_in_the_readers_language(db: Database, two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    await tell(db, acme.context(), "plan.pdf")
    member = await sign_in(acme, "member")
    member.language = "de"
    page = await member.get(acme.url("/notifications"))
    assert titles(page) == ["plan.pdf vorbereiten"]
    assert page.heading == "Benachrichtigungen"


async def test_several_people_are_told_at_the_same_time(db: Database, two_tenants: TwoTenants) -> None:
    acme = two_tenants.acme
    told = await asyncio.gather(*(tell(db, acme.context(), key="the same") for _ in range(5)))
    assert len([an_id for an_id in told if an_id != UUID(int=0)]) == 1
