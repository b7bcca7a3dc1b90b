"""What is another tenant's answers, byte for byte, like what never was: whatever an address can name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from tests.security.actors import HOME
from tests.security.answers import ask, visible
from tests.security.routes import may, routes_of
from tests.security.rows import a_batch, a_file, a_group, a_notice, a_run, a_session, a_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    import asyncpg

    from tests.security.routes import Route
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from web.kit.app import WebApp

NUMBER, NO_NUMBER = 7, 8
"""Versions are counted tenant by tenant: the foreign one has a number that Acme's have not reached, like no version."""

NAMES = {"/brand/<digest>/<name>": "brand.css", "/files/<uuid:file_id>/<name>": "thumbnail"}
"""Names that there are, so that it is the id that says no."""


async def things_of(connection: asyncpg.Connection, tenant: TestTenant) -> dict[str, str]:
    """One thing of each kind, by the name of its place in an address."""
    return {
        "file_id": str(await a_file(connection, tenant)),
        "run_id": str(await a_run(connection, tenant)),
        "group_id": str(await a_group(connection, tenant)),
        "notice_id": str(await a_notice(connection, tenant)),
        "batch_id": str(await a_batch(connection, tenant)),
        "digest": await a_version(connection, tenant, NUMBER),
        "number": str(NUMBER),
    }


def naming(app: WebApp, host: str, things: Mapping[str, str]) -> list[Route]:
    """The routes whose address names one of them."""
    return [
        route
        for route in routes_of(app)
        if route.host == host and any(f"<{place}>" in route.rule or f":{place}>" in route.rule for place in things)
    ]


@pytest.mark.parametrize("actor", ["guest", "member", "admin", "owner"])
async def test_a_foreign_thing_answers_like_one_that_never_was(
    *,
    app: WebApp,
    owner_connection: asyncpg.Connection,
    in_tenant: dict[str, Visitor],
    two_tenants: TwoTenants,
    actor: str,
) -> None:
    acme, visitor = two_tenants.acme, in_tenant[actor]
    await visitor.get(acme.url("/"))
    foreign = await things_of(owner_connection, two_tenants.globex)
    routes = [route for route in naming(app, "tenant", foreign) if may(actor, route)]

    told_apart = []
    for route in routes:
        answers = [
            await ask(visitor, route, acme.url(route.path(new_id(), known | {"name": NAMES.get(route.rule, "")})))
            for known in (foreign, {"number": str(NO_NUMBER)})
        ]
        if visible(answers[0]) != visible(answers[1]) or answers[0].status != 404:
            told_apart.append((route, [answer.status for answer in answers]))

    assert told_apart == []
    places = {place for place in foreign for route in routes if f"{place}>" in route.rule}
    admins = {"batch_id", "number"}
    assert places == set(foreign) - (set() if actor in {"admin", "owner"} else admins), "something was not compared"


async def test_a_foreign_session_or_tenant_answers_like_one_that_never_was(
    app: WebApp, owner_connection: asyncpg.Connection, at_home: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    visitor = at_home["signed in"]
    await visitor.get(f"http://{HOME}/sessions")
    globex = two_tenants.globex
    foreign = {"session_id": str(await a_session(owner_connection, globex)), "slug": globex.slug}
    routes = naming(app, "home", foreign)

    for route in routes:
        answers = [await ask(visitor, route, f"http://{HOME}{route.path(new_id(), known)}") for known in (foreign, {})]
        assert visible(answers[0]) == visible(answers[1]), route
        assert answers[0].status == 404, route

    assert {route.rule for route in routes} == {"/sessions/<uuid:session_id>/revocation", "/tenants/<slug>/entry"}


async def test_an_own_thing_answers_otherwise(
    owner_connection: asyncpg.Connection, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    acme, owner = two_tenants.acme, in_tenant["owner"]
    mine = await things_of(owner_connection, acme)
    await owner.get(acme.url("/"))
    found = [
        (await owner.get(acme.url(path.format(**mine)))).status
        for path in (
            "/files/{file_id}",
            "/runs/{run_id}",
            "/runs/groups/{group_id}",
            "/admin/translations/batches/{batch_id}",
            "/brand/{digest}/brand.css",
        )
    ]
    assert found == [200] * 5
    for verb in ("closing", "dismissal"):
        assert (await owner.post(acme.url(f"/runs/groups/{mine['group_id']}/{verb}"))).status == 303
    assert (await owner.post(acme.url("/admin/branding/versions/7/restoration"))).status == 303
