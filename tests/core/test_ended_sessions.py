"""Sessions and codes that are over leave nothing behind; those that are good stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID, Person
from core.identity import Sessions
from core.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from tests.support.tenant_fixtures import TwoTenants

FACTS = {"user_agent": "Firefox", "address": "192.0.2.1"}
MOST = 500


@pytest.fixture
async def sessions(db: Database) -> Sessions:
    """What other tests have left is taken away first."""
    found = Sessions(db)
    while await found.forget_ended(MOST):
        pass
    return found


async def _open(sessions: Sessions, person: Person, parent_id: UUID | None = None) -> UUID:
    token = await sessions.open(tenant_id=HOME_TENANT_ID, person=person, level="full", parent_id=parent_id, **FACTS)
    found = await sessions.find(token, HOME_TENANT_ID)
    assert found
    return found.id


async def _left(connection: asyncpg.Connection, person: Person) -> set[UUID]:
    rows = await connection.fetch("select id from platform.sessions where user_id = $1", person.id)
    return {row["id"] for row in rows}


@pytest.mark.parametrize("change", ["expires_at = now() - interval '1 second'", "seen_at = now() - interval '8 days'"])
async def test_a_session_that_is_over_goes_with_those_that_came_of_it(
    sessions: Sessions, owner_connection: asyncpg.Connection, change: str
) -> None:
    person = Person(new_id(), "Ada", "ada@example.com")
    ended, good = [await _open(sessions, person) for _ in range(2)]
    await _open(sessions, person, parent_id=ended)
    await owner_connection.execute(f"update platform.sessions set {change} where id = $1", ended)  # noqa: S608  # literals

    assert await sessions.forget_ended(MOST) == 1

    assert await _left(owner_connection, person) == {good}


async def test_so_many_go_at_a_time_and_no_more(sessions: Sessions, owner_connection: asyncpg.Connection) -> None:
    person = Person(new_id(), "Ada", "ada@example.com")
    for _ in range(5):
        await _open(sessions, person)
    await owner_connection.execute("update platform.sessions set expires_at = now() where user_id = $1", person.id)

    assert [await sessions.forget_ended(2) for _ in range(4)] == [2, 2, 1, 0]


async def test_a_session_that_is_in_use_just_now_is_left_alone(
    sessions: Sessions, owner_connection: asyncpg.Connection
) -> None:
    person = Person(new_id(), "Ada", "ada@example.com")
    session_id = await _open(sessions, person)
    await owner_connection.execute("update platform.sessions set expires_at = now() where id = $1", session_id)
    async with owner_connection.transaction():
        await owner_connection.execute("select from platform.sessions where id = $1 for update", session_id)
        assert await sessions.forget_ended(MOST) == 0
    assert await sessions.forget_ended(MOST) == 1


async def test_a_code_that_nobody_took_in_time_goes(
    sessions: Sessions, two_tenants: TwoTenants, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    session_id = await _open(sessions, acme.people["owner"])
    late, good = [await sessions.issue_handover(session_id, acme.id, browser) for browser in ("late", "good")]
    assert late
    assert good
    await owner_connection.execute(
        "update platform.handovers set expires_at = now() where session_id = $1 and code_hash = sha256($2)",
        *(session_id, f"{late}.late".encode()),
    )

    assert await sessions.forget_ended(MOST) == 1

    assert await sessions.redeem_handover(good, acme.id, "good", **FACTS)
