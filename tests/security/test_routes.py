"""Who may do what, for every route that exists: read from the URL map, compared with a table written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID
from core.identity import Sessions
from core.ids import new_id
from domain.files.permissions import OPEN_ANY_SEALED
from entrypoints.registry import REGISTRY
from tests.security.actors import HOME
from tests.security.answers import ask, lets_in, turns_away
from tests.security.routes import AT_HOME, IN_TENANT, ROLES, ROUTES, Route, may, routes_of, unlisted
from web.kit.guards import Guard
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    import asyncpg
    import pytest

    from core.db import Database
    from core.identity import Identity
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import NewVisitor
    from web.kit.app import WebApp


def test_every_route_stands_in_the_table(app: WebApp) -> None:
    assert unlisted(routes_of(app)) == set()
    assert set(ROUTES) - {route.key for route in routes_of(app)} == set()


def test_a_new_route_is_noticed(app: WebApp) -> None:
    planted = Route("tenant", "POST", "/files/<uuid:file_id>/planted")
    assert unlisted([*routes_of(app), planted]) == {planted.key}


def test_everybody_in_the_table_is_sent(at_home: dict[str, Visitor], in_tenant: dict[str, Visitor]) -> None:
    assert (set(at_home), set(in_tenant)) == (set(AT_HOME), set(IN_TENANT))


async def test_the_base_host_lets_in_whom_it_should(app: WebApp, at_home: dict[str, Visitor]) -> None:
    await _greet(at_home, f"http://{HOME}", "/register")
    assert await _surprises(app, "home", at_home, f"http://{HOME}") == []


async def test_a_tenants_host_lets_in_whom_it_should(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    await _greet(in_tenant, two_tenants.acme.url(""), "/")
    assert await _surprises(app, "tenant", in_tenant, two_tenants.acme.url("")) == []


async def test_a_guard_that_is_too_generous_is_noticed(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["tenants.members"], "__adx_guard__", Guard("anyone", "tenant"))
    surprises = await _surprises(app, "tenant", in_tenant, two_tenants.acme.url(""))
    assert any("/members" in surprise for surprise in surprises)


def test_the_built_in_roles_may_do_what_was_agreed_on() -> None:
    assert {role: REGISTRY.permissions.of_role(role) for role in ROLES} == ROLES
    assert REGISTRY.permissions.of_role("stranger") == frozenset()


async def test_a_guard_that_keeps_admins_out_is_noticed(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.view_functions["branding.index"], "__adx_guard__", Guard(OPEN_ANY_SEALED, "tenant"))
    surprises = await _surprises(app, "tenant", in_tenant, two_tenants.acme.url(""))
    assert [surprise for surprise in surprises if "as admin" in surprise]


async def test_a_suspended_tenant_is_not_there_for_anybody(
    app: WebApp,
    in_tenant: dict[str, Visitor],
    two_tenants: TwoTenants,
    identity: Identity,
    owner_connection: asyncpg.Connection,
) -> None:
    acme = two_tenants.acme
    await _greet(in_tenant, acme.url(""), "/")
    assert (await in_tenant["owner"].get(acme.url("/"))).status == 200
    await owner_connection.execute("update platform.tenants set state = 'suspended' where id = $1", acme.id)
    identity.forget()
    answered = []
    for route in routes_of(app):
        for actor, visitor in in_tenant.items():
            answer = await ask(visitor, route, acme.url(route.path(new_id())))
            if answer.status != 404:
                answered.append(f"{route.key} as {actor}: {answer.status}")
    assert answered == []


async def test_no_way_leads_into_a_suspended_tenant(
    *,
    db: Database,
    new_visitor: NewVisitor,
    two_tenants: TwoTenants,
    identity: Identity,
    owner_connection: asyncpg.Connection,
) -> None:
    acme = two_tenants.acme
    visitor = new_visitor()
    token = await Sessions(db).open(
        tenant_id=HOME_TENANT_ID,
        person=acme.people["owner"],
        level="full",
        user_agent="test",
        address=visitor.address,
    )
    visitor.cookies[HOME] = {SESSION_COOKIE: token}
    assert acme.facts.name in (await visitor.get(f"http://{HOME}/tenants")).text
    assert (await visitor.get(f"http://{HOME}/tenants/{acme.slug}/entry")).status == 303

    await owner_connection.execute("update platform.tenants set state = 'suspended' where id = $1", acme.id)
    identity.forget()

    assert (await visitor.get(f"http://{HOME}/tenants/{acme.slug}/entry")).status == 404
    assert acme.facts.name not in (await visitor.get(f"http://{HOME}/tenants")).text


async def test_unsafe_routes_refuse_a_form_of_another_site(
    app: WebApp, in_tenant: dict[str, Visitor], at_home: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    accepted = []
    for route in routes_of(app):
        if route.method != "POST":
            continue
        base = f"http://{HOME}" if route.host == "home" else two_tenants.acme.url("")
        visitor = at_home["signed in"] if route.host == "home" else in_tenant["owner"]
        for headers in ({}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = await visitor.post(base + route.path(new_id()), {"csrf_token": "0" * 64}, **headers)
            if answer.status not in {403, 415}:
                accepted.append((route, headers, answer.status))
    assert accepted == []


async def _surprises(app: WebApp, host: str, visitors: dict[str, Visitor], base: str) -> list[str]:
    """Return every route and actor whose answer is not what the table says."""
    found = []
    for route in sorted(routes_of(app), key=lambda route: route.rule == "/logout"):  # it takes the cookie along
        if route.host != host:
            continue
        for actor, visitor in visitors.items():
            if route.rule == "/logout" and actor not in {"anonymous", "expired"}:
                continue  # would end the session that the next routes are tried with
            answer = await ask(visitor, route, base + route.path(new_id()))
            wrong = turns_away(answer, route) if may(actor, route) else lets_in(answer, route)
            if answer.status >= 500 or wrong:
                found.append(f"{route.key} as {actor}: {answer.status} {answer.headers.get('location', '')}")
    return found


async def _greet(visitors: dict[str, Visitor], base: str, path: str) -> None:
    """Have every browser read a page, so that it has a token for forms."""
    for visitor in visitors.values():
        await visitor.get(base + path)
