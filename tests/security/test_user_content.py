"""The host for user content knows links and nobody's session, and none of the product's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from tests.security.actors import HOME
from tests.security.answers import ask
from tests.security.routes import ROUTES, routes_of
from tests.web.files.conftest import make_ready, upload
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    import asyncpg

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import NewVisitor
    from web.kit.app import WebApp

HOST = f"usercontent.{HOME}"
CONTENT = b"of Acme alone"


@pytest.fixture
async def link(in_tenant: dict[str, Visitor], two_tenants: TwoTenants, owner_connection: asyncpg.Connection) -> str:
    """A link that the host takes, made for a member of Acme."""
    acme, member = two_tenants.acme, in_tenant["member"]
    await owner_connection.execute("insert into platform.entitlements values ($1, 'files.bytes', 1000000)", acme.id)
    await upload(member, acme, CONTENT, "plan.txt")
    file_id = await make_ready(owner_connection, acme)
    location = (await member.get(acme.url(f"/files/{file_id}/download"))).location
    assert location.startswith(f"http://{HOST}/original/")
    return location


async def test_a_link_opens_its_file_for_whoever_has_it_and_nothing_else_does(
    in_tenant: dict[str, Visitor], two_tenants: TwoTenants, link: str
) -> None:
    for actor, visitor in in_tenant.items():
        visitor.cookies[HOST] = dict(visitor.cookies.get(two_tenants.acme.host, {}))
        opened = await visitor.get(link)
        assert (opened.status, opened.content) == (200, CONTENT), actor
        assert "set-cookie" not in opened.headers, actor
        for other in (forged(link), f"http://{HOST}/original/{new_id().hex}"):
            assert (await visitor.get(other)).status == 404, actor
        assert (await visitor.post(link)).status in {403, 404, 405}, actor


def forged(link: str) -> str:
    """The link with another signature: its first letter counts whole, of its last one only some bits do."""
    signed, _, signature = link.rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


async def test_none_of_the_products_pages_is_on_it(
    app: WebApp, in_tenant: dict[str, Visitor], two_tenants: TwoTenants
) -> None:
    owner = in_tenant["owner"]
    owner.cookies[HOST] = dict(owner.cookies[two_tenants.acme.host])
    assert owner.cookies[HOST][SESSION_COOKIE]
    answered = []
    for route in routes_of(app):
        if route.host == "usercontent":
            continue
        answer = await ask(owner, route, f"http://{HOST}{route.path(new_id())}")
        if answer.status not in {403, 404, 405} or "location" in answer.headers:
            answered.append((route, answer.status))
    assert answered == []


async def test_its_files_are_on_no_other_host(new_visitor: NewVisitor, two_tenants: TwoTenants, link: str) -> None:
    path = link.removeprefix(f"http://{HOST}")
    for base in (f"http://{HOME}", two_tenants.acme.url("")):
        assert (await new_visitor().get(base + path)).status == 404


async def test_a_link_into_a_suspended_tenant_opens_nothing(
    web: Visitor, two_tenants: TwoTenants, link: str, owner_connection: asyncpg.Connection
) -> None:
    assert (await web.get(link)).status == 200
    await owner_connection.execute("update platform.tenants set state = 'suspended' where id = $1", two_tenants.acme.id)
    assert (await web.get(link)).status == 404


def test_its_routes_are_known() -> None:
    assert {key for key in ROUTES if key[0] == "usercontent"} == {("usercontent", "GET", "/original/<token>")}
