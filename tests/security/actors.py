"""Browsers of everybody who may ask: strangers, members of each role, and those who were members once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pytest

from core.context import HOME_TENANT_ID, Person
from core.identity import Sessions
from core.ids import new_id
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor
    from tests.support.web_fixtures import NewVisitor, SignIn

HOME = "localhost:8000"


@pytest.fixture
async def at_home(db: Database, new_visitor: NewVisitor, owner_connection: asyncpg.Connection) -> dict[str, Visitor]:
    """Who may come to the base host."""
    return {
        "anonymous": new_visitor(),
        "expired": await _expired(await _visitor(db, new_visitor, HOME_TENANT_ID, HOME), owner_connection),
        "pending": await _visitor(db, new_visitor, HOME_TENANT_ID, HOME, level="pending"),
        "signed in": await _visitor(db, new_visitor, HOME_TENANT_ID, HOME),
    }


@pytest.fixture
async def in_tenant(
    db: Database,
    two_tenants: TwoTenants,
    sign_in: SignIn,
    new_visitor: NewVisitor,
    owner_connection: asyncpg.Connection,
) -> dict[str, Visitor]:
    """Who may come to Acme's host."""
    acme, globex = two_tenants.acme, two_tenants.globex
    stranger = await sign_in(globex, "owner")
    stranger.cookies[acme.host] = stranger.cookies[globex.host]
    found = {
        "anonymous": new_visitor(),
        "expired": await _expired(await sign_in(acme, "owner"), owner_connection),
        "another tenant's owner": stranger,
        "ex-member": await _former_admin(db, new_visitor, acme, owner_connection),
    }
    return found | {role: await sign_in(acme, role) for role in acme.people}


async def _former_admin(
    db: Database, new_visitor: NewVisitor, tenant: TestTenant, connection: asyncpg.Connection
) -> Visitor:
    person = Person(new_id(), "Ada", "ada@example.com")
    await connection.execute(
        "insert into platform.people (tenant_id, user_id, name, email, role, state) "
        "values ($1, $2, $3, $4, 'admin', 'deactivated')",
        *(tenant.id, person.id, person.name, person.email),
    )
    return await _visitor(db, new_visitor, tenant.id, tenant.host, person=person)


async def _visitor(  # keyword-only facts of the session
    db: Database,
    new_visitor: NewVisitor,
    tenant_id: UUID,
    host: str,
    *,
    level: Literal["pending", "full"] = "full",
    person: Person | None = None,
) -> Visitor:
    visitor = new_visitor()
    token = await Sessions(db).open(
        tenant_id=tenant_id,
        person=person or Person(new_id(), "Ada", "ada@example.com"),
        level=level,
        user_agent="test",
        address=visitor.address,
    )
    visitor.cookies[host] = {SESSION_COOKIE: token}
    return visitor


async def _expired(visitor: Visitor, connection: asyncpg.Connection) -> Visitor:
    await connection.execute(
        "update platform.sessions set expires_at = $1 where address = $2",
        datetime.now(UTC) - timedelta(seconds=1),
        visitor.address,
    )
    return visitor
