"""Two tenants, always: what one may do is tested against the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from core.context import Context, Person, Role, TenantFacts
from core.ids import new_id
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

ROLES: tuple[Role, ...] = ("owner", "admin", "member", "guest")


@dataclass(frozen=True)
class TestTenant:
    """A tenant with one person of each role."""

    __test__ = False

    facts: TenantFacts
    people: dict[Role, Person] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.facts.id

    @property
    def slug(self) -> str:
        return self.facts.slug

    @property
    def host(self) -> str:
        """Host and port of the tenant's pages."""
        return f"{self.facts.slug}.localhost:8000"

    def url(self, path: str) -> str:
        """Address of one of the tenant's pages."""
        return f"http://{self.host}{path}"

    def context(self, role: Role = "member") -> Context:
        """A request's context of that person."""
        permissions = REGISTRY.permissions.of_role(role)
        return Context(tenant=self.facts, person=self.people[role], role=role, permissions=permissions)


@dataclass(frozen=True)
class TwoTenants:
    """Acme and Globex, new for each test; their slugs carry a random ending."""

    acme: TestTenant
    globex: TestTenant


@pytest.fixture
async def two_tenants(owner_connection: asyncpg.Connection) -> TwoTenants:
    """Two new active tenants with people."""
    return TwoTenants(await new_tenant(owner_connection, "Acme"), await new_tenant(owner_connection, "Globex"))


async def new_tenant(connection: asyncpg.Connection, name: str) -> TestTenant:
    """A new active tenant with a person of each role; its slug carries a random ending."""
    tenant_id = new_id()
    slug = f"{name.lower()}-{tenant_id.hex[-8:]}"
    people = {role: Person(new_id(), f"{role.title()} of {name}", f"{role}@{slug}.example") for role in ROLES}
    async with connection.transaction():
        await connection.execute(
            "insert into platform.tenants (id, slug, name, state) values ($1, $2, $3, 'active')", tenant_id, slug, name
        )
        for role, person in people.items():
            await _add(connection, tenant_id, person, role)
    return TestTenant(TenantFacts(tenant_id, slug, name), people)


async def _add(connection: asyncpg.Connection, tenant_id: UUID, person: Person, role: Role) -> None:
    await connection.execute(
        "insert into platform.people (tenant_id, user_id, name, email, role) values ($1, $2, $3, $4, $5)",
        *(tenant_id, person.id, person.name, person.email, role),
    )
    await connection.execute(
        "insert into platform.account_tenants (user_id, tenant_id, role) values ($1, $2, $3)",
        *(person.id, tenant_id, role),
    )
