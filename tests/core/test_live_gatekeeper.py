"""Whose streams may stay: those whose session would be found by a request too, and an open page is a use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID
from core.identity import Identity
from core.identity.hosts import Hosts
from core.live import Subscription
from core.live.gatekeeper import SessionGatekeeper
from core.live.viewer import Groups

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from tests.support.tenant_fixtures import TwoTenants

BROWSER = "the visit cookie of the tenant's host"
FACTS = {"user_agent": "Firefox", "address": "192.0.2.1"}
AGE = "select now() - seen_at > interval '1 hour' from platform.sessions where id = $1"


class Opened:
    """A stream of a session that was handed over to a tenant's host, and what stands behind it."""

    def __init__(self, stream: Subscription, parent_id: UUID, connection: asyncpg.Connection) -> None:
        self.stream = stream
        self.parent_id = parent_id
        self._connection = connection

    @property
    def id(self) -> UUID:
        assert self.stream.ctx.session_id
        return self.stream.ctx.session_id

    async def change(self, change: str) -> None:
        await self._connection.execute(
            f"update platform.sessions set {change} where id = any($1)",  # noqa: S608  # literals
            [self.id, self.parent_id],
        )

    async def unseen_for_an_hour(self) -> list[bool]:
        return [await self._connection.fetchval(AGE, each) for each in (self.id, self.parent_id)]


@pytest.fixture
async def opened(db: Database, two_tenants: TwoTenants, owner_connection: asyncpg.Connection) -> Opened:
    acme = two_tenants.acme
    identity = Identity(db, Hosts("http", "localhost:8000"), lambda _, default: default)
    token = await identity.sessions.open(
        tenant_id=HOME_TENANT_ID, person=acme.people["member"], level="full", parent_id=None, **FACTS
    )
    parent = await identity.sessions.find(token, HOME_TENANT_ID)
    assert parent
    code = await identity.sessions.issue_handover(parent.id, acme.id, BROWSER)
    assert code
    ctx = await identity.resolve(acme.host, await identity.sessions.redeem_handover(code, acme.id, BROWSER, **FACTS))
    assert ctx
    return Opened(Subscription(ctx, None, Groups()), parent.id, owner_connection)


async def test_an_open_page_keeps_its_session_from_ending_as_idle(db: Database, opened: Opened) -> None:
    gatekeeper = SessionGatekeeper(db)
    await opened.change("seen_at = now() - interval '6 days'")

    assert await gatekeeper(opened.stream.tenant_id, [opened.stream]) == [opened.stream]

    assert await opened.unseen_for_an_hour() == [False, False]


@pytest.mark.parametrize("change", ["expires_at = now() - interval '1 second'", "seen_at = now() - interval '8 days'"])
async def test_a_session_that_no_request_would_find_keeps_no_stream(db: Database, opened: Opened, change: str) -> None:
    gatekeeper = SessionGatekeeper(db)
    assert await gatekeeper(opened.stream.tenant_id, [opened.stream]) == [opened.stream]
    await opened.change(change)

    assert await gatekeeper(opened.stream.tenant_id, [opened.stream]) == []
    assert await gatekeeper(opened.stream.tenant_id, [opened.stream]) == []


async def test_a_stream_that_is_refused_is_no_use_of_its_session(
    db: Database, opened: Opened, owner_connection: asyncpg.Connection
) -> None:
    gatekeeper = SessionGatekeeper(db)
    await opened.change("seen_at = now() - interval '6 days'")
    await owner_connection.execute(
        "update platform.people set role = 'guest' where tenant_id = $1", opened.stream.tenant_id
    )

    assert await gatekeeper(opened.stream.tenant_id, [opened.stream]) == []

    assert await opened.unseen_for_an_hour() == [True, True]


async def test_a_session_that_is_being_ended_is_not_waited_for(
    db: Database, opened: Opened, owner_connection: asyncpg.Connection
) -> None:
    await opened.change("seen_at = now() - interval '6 days'")
    async with owner_connection.transaction():
        await owner_connection.execute("select from platform.sessions where id = $1 for update", opened.id)

        assert await SessionGatekeeper(db)(opened.stream.tenant_id, [opened.stream]) == [opened.stream]

    assert await opened.unseen_for_an_hour() == [True, False]
