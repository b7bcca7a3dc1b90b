"""The one-time code into a tenant is good in the browser that asked for it, and in no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID
from core.identity import Sessions
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from core.db import Database
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import NewVisitor


async def test_a_code_pressed_on_somebody_else_signs_nobody_in(
    db: Database, two_tenants: TwoTenants, new_visitor: NewVisitor
) -> None:
    tenant = two_tenants.acme
    attacker, victim = new_visitor(), new_visitor()
    await _sign_in_at_home(db, attacker, tenant)
    link = await attacker.handover(tenant.slug)

    # The victim may have been there before, so that the host knows the browser.
    await victim.get(tenant.url("/enter"))
    pressed = await victim.get(link)

    assert pressed.status == 404
    assert SESSION_COOKIE not in victim.cookies[tenant.host]
    entered = await attacker.get(link)
    assert (entered.status, entered.location) == (303, "/")
    assert SESSION_COOKIE in attacker.cookies[tenant.host]


async def test_a_code_without_the_mark_of_a_browser_is_never_given_out(
    db: Database, two_tenants: TwoTenants, web: Visitor
) -> None:
    await _sign_in_at_home(db, web, two_tenants.acme)

    for query in ("", "?browser=", "?browser=&code=chosen"):
        answer = await web.get(f"/tenants/{two_tenants.acme.slug}/entry{query}")
        assert answer.location == two_tenants.acme.url("/enter?next=%2F")


async def _sign_in_at_home(db: Database, visitor: Visitor, tenant: TestTenant) -> None:
    token = await Sessions(db).open(
        tenant_id=HOME_TENANT_ID, person=tenant.people["member"], level="full", user_agent="test", address="127.0.0.1"
    )
    visitor.cookies["localhost:8000"] = {SESSION_COOKIE: token}
