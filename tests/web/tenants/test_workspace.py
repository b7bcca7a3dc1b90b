"""What those who run a tenant decide for all its people, and who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import asyncpg

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Answer
    from tests.support.web_fixtures import SignIn

WANTED = {"name": "Acme & Sons", "locale": "de", "timezone": "Europe/Berlin", "theme": "slate"}


def shown(answer: Answer) -> tuple[str, str]:
    page = answer.html.one("html").attributes
    return page["lang"], page["data-theme"]


async def test_a_decision_holds_for_all_who_have_not_chosen(
    two_tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    admin, member, other = [
        await sign_in(acme, "admin"),
        await sign_in(acme, "member"),
        await sign_in(globex, "member"),
    ]
    await member.get(acme.url("/preferences"))
    await member.post(acme.url("/preferences/language"), {"locale": "fr"})
    await admin.get(acme.url("/admin/workspace"))
    answer = await admin.post(acme.url("/admin/workspace"), WANTED)
    assert (answer.status, answer.location) == (303, "/admin/workspace?saved=1")

    page = await admin.get(acme.url("/admin/workspace?saved=1"))
    assert shown(page) == ("de", "slate")
    assert page.html.one("input", id="name").attributes["value"] == "Acme & Sons"
    assert shown(await member.get(acme.url("/preferences"))) == ("fr", "slate")
    assert shown(await other.get(globex.url("/preferences"))) == ("en", "adx")
    (entry,) = await owner_connection.fetch(
        "select action, actor_id from platform.audit where tenant_id = $1 and action = 'tenant.changed'", acme.id
    )
    assert entry["actor_id"] == acme.people["admin"].id


async def test_a_choice_can_be_left_to_each_browser_again(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    owner = await sign_in(acme, "owner")
    await owner.get(acme.url("/admin/workspace"))
    await owner.post(acme.url("/admin/workspace"), WANTED)
    await owner.post(acme.url("/admin/workspace"), {**WANTED, "locale": "", "timezone": ""})
    assert shown(await owner.get(acme.url("/admin/workspace"))) == ("en", "slate")


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "x" * 81}, {"locale": "tlh"}, {"timezone": "Mars/Olympus"}, {"theme": "nobody"}],
    ids=["no name", "long name", "language", "time zone", "theme"],
)
async def test_what_cannot_be_is_told_beside_its_field(
    two_tenants: TwoTenants, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    acme = two_tenants.acme
    owner = await sign_in(acme, "owner")
    await owner.get(acme.url("/admin/workspace"))
    answer = await owner.post(acme.url("/admin/workspace"), {**WANTED, **wrong})
    assert answer.status == 422
    assert answer.error_of(next(iter(wrong)))
    assert shown(await owner.get(acme.url("/admin/workspace"))) == ("en", "adx")


async def test_members_decide_nothing(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    member = await sign_in(acme, "member")
    await member.get(acme.url("/"))
    assert (await member.post(acme.url("/admin/workspace"), WANTED)).status == 403
    assert shown(await member.get(acme.url("/"))) == ("en", "adx")
