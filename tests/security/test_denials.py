"""What people try that their role does not let them is in the audit trail, and cannot be used to make it grow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import asyncpg

    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor

pytestmark = pytest.mark.security

AN_HOUR_AGO = (
    "update platform.throttle set window_start = window_start - interval '1 hour' where key like 'adx:denied:%'"
)


async def denials(owner: asyncpg.Connection, tenant: TestTenant) -> list[dict[str, object]]:
    """The details of a tenant's entries, in order."""
    rows = await owner.fetch(
        "select actor_id, subject, outcome, detail from platform.audit "
        "where tenant_id = $1 and action = 'session.denied' order by seq",
        tenant.id,
    )
    return [dict(row) | json.loads(row["detail"]) for row in rows]


async def test_a_refusal_is_told_once_an_hour_and_the_others_are_counted(
    in_tenant: dict[str, Visitor], two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    acme, member = two_tenants.acme, in_tenant["member"]
    for _ in range(4):
        assert (await member.get(acme.url("/admin/files"))).status in {403, 404}
    (told,) = await denials(owner_connection, acme)
    assert (told["actor_id"], told["subject"], told["outcome"]) == (
        acme.people["member"].id, "route:/admin/files", "refused",
    )  # fmt: skip
    assert (told["method"], told["role"], told["untold"]) == ("GET", "member", 0)

    await owner_connection.execute(AN_HOUR_AGO)
    await member.get(acme.url("/admin/files"))
    assert [entry["untold"] for entry in await denials(owner_connection, acme)] == [0, 3]


async def test_who_is_let_in_and_who_is_nobody_leaves_no_entry(
    in_tenant: dict[str, Visitor], two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    assert (await in_tenant["owner"].get(acme.url("/admin/files"))).status == 200
    await in_tenant["anonymous"].get(acme.url("/admin/files"))
    assert await denials(owner_connection, acme) == []
