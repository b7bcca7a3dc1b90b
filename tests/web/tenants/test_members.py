from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from core.context import Role
    from tests.support.product import Product
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor


async def _inside(product: Product, tenant: TestTenant, role: Role) -> Visitor:
    visitor = product.visitor()
    await product.let_in(visitor, tenant.id, tenant.people[role], tenant.host)
    return visitor


@pytest.mark.parametrize("role", ["owner", "admin", "member"])
async def test_members_see_their_own_people_alone(product: Product, two_tenants: TwoTenants, role: Role) -> None:
    visitor = await _inside(product, two_tenants.acme, role)

    page = await visitor.get(two_tenants.acme.url("/members"))

    rows = [row.all("td") for row in page.html.one("tbody").all("tr")]
    assert [row[2].text for row in rows] == ["Owner", "Admin", "Member", "Guest"]
    assert all("of Acme" in row[0].text for row in rows)
    assert [row[0].text.endswith("You") for row in rows].index(True) == ["owner", "admin", "member"].index(role)


async def test_guests_and_strangers_do_not(product: Product, two_tenants: TwoTenants) -> None:
    guest = await _inside(product, two_tenants.acme, "guest")
    assert (await guest.get(two_tenants.acme.url("/members"))).status == 403
    foreigner = await _inside(product, two_tenants.globex, "owner")
    foreigner.cookies[two_tenants.acme.host] = foreigner.cookies[two_tenants.globex.host]
    assert (await foreigner.get(two_tenants.acme.url("/members"))).location.startswith("http://localhost:8000/login")
