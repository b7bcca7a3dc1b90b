from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from quart import Response

from web.kit import feature_blueprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.visitor import Visitor
    from tests.web.kit.conftest import SignIn


async def test_admins_enter_and_others_are_told_why(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme = two_tenants.acme
    for role, status in (("owner", 200), ("admin", 200), ("member", 403), ("guest", 403)):
        answer = await (await sign_in(acme, role)).get(acme.url("/probe/admins"))  # type: ignore[arg-type]
        assert answer.status == status, role


async def test_a_stranger_is_sent_to_sign_in(two_tenants: TwoTenants, new_visitor: Callable[[], Visitor]) -> None:
    acme = two_tenants.acme
    visitor = new_visitor()
    answer = await visitor.get(acme.url("/probe/page"))
    assert answer.status == 303
    assert answer.location == f"{visitor.base}/login?tenant={acme.slug}&next=/probe/page"
    htmx = await visitor.get(acme.url("/probe/page"), HX_Request="true", HX_Request_Type="partial")
    assert (htmx.status, htmx.headers["hx-redirect"]) == (401, answer.location)
    assert (await visitor.get(acme.url("/probe/page"), Accept="application/json")).status == 401


async def test_a_session_opens_its_own_tenant_alone(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    visitor = await sign_in(acme, "owner")
    visitor.cookies[globex.host] = dict(visitor.cookies[acme.host])
    assert (await visitor.get(acme.url("/probe/page"))).status == 200
    assert (await visitor.get(globex.url("/probe/page"))).status == 303


def test_a_route_without_a_guard_does_not_start() -> None:
    blueprint = feature_blueprint("open")
    with pytest.raises(TypeError, match="no guard"):

        @blueprint.get("/open")
        async def open_door() -> Response:
            return Response("come in")
