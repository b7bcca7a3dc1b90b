"""Pooled connections carry nothing from one tenant to the next, whatever becomes of the transactions before."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from core.db import Database, database as database_module
from core.ids import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.settings import Settings

pytestmark = pytest.mark.security

TRANSACTIONS = 20_000
TENANTS = 200
CONNECTIONS = (1, 2, 3, 5)
TASKS_A_CONNECTION = 3

SEEN = text("select current_user, current_setting('adx.tenant_id'), array_agg(tenant_id) from platform.entitlements")
LEFT_OVER = text(
    "select current_user, coalesce(current_setting('adx.tenant_id', true), ''), "
    "coalesce(current_setting('adx.actor_id', true), '')"
)
SLOW = text("select pg_sleep(1)")
WRONG = text("select 1 / 0")


class AbortedError(Exception):
    """What feature code may raise in the middle of its transaction."""


@dataclass
class Tally:
    """What the transactions saw."""

    done: int = 0
    failed: int = 0
    cancelled: int = 0
    foreign_rows: int = 0
    wrong_settings: int = 0
    left_over: list[Any] = field(default_factory=list)


@pytest.fixture
async def tenants(owner_connection: asyncpg.Connection) -> AsyncIterator[list[UUID]]:
    ids = [new_id() for _ in range(TENANTS)]
    rows = [(tenant_id, "seats", 1) for tenant_id in ids]
    insert = "insert into platform.entitlements (tenant_id, key, value) values ($1, $2, $3)"
    await owner_connection.executemany(insert, rows)
    yield ids
    await owner_connection.execute("delete from platform.entitlements where tenant_id = any($1)", ids)


@pytest.mark.parametrize("connections", CONNECTIONS)
async def test_twenty_thousand_transactions_see_their_own_tenant_alone(
    settings: Settings, tenants: list[UUID], connections: int
) -> None:
    transactions = TRANSACTIONS // len(CONNECTIONS)
    tally = await exercise(settings, tenants, connections, transactions)
    assert tally.done + tally.failed + tally.cancelled == transactions
    assert (tally.foreign_rows, tally.wrong_settings, tally.left_over) == (0, 0, [])
    assert min(tally.done, tally.failed, tally.cancelled) > 0, "all three ways of ending were exercised"


async def test_settings_of_the_session_would_be_noticed(
    settings: Settings, tenants: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    leaking = text(str(database_module.ENTER).replace("true", "false"))
    monkeypatch.setattr(database_module, "ENTER", leaking)
    tally = await exercise(settings, tenants, 2, 400)
    assert tally.left_over


async def test_a_forgotten_tenant_would_be_noticed(
    settings: Settings, tenants: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = text(str(database_module.ENTER).replace(":tenant_id", f"coalesce('{tenants[0]}', :tenant_id)"))
    monkeypatch.setattr(database_module, "ENTER", stuck)
    tally = await exercise(settings, tenants, 2, 400)
    assert tally.foreign_rows
    assert tally.wrong_settings


async def exercise(settings: Settings, tenants: list[UUID], connections: int, transactions: int) -> Tally:
    """Run transactions of random tenants over a small pool; some raise, some are cancelled half-way."""
    monkey = pytest.MonkeyPatch()
    monkey.setattr(database_module, "POOL_OVERFLOW", 0)
    db = await Database.connect(settings, pool_size=connections)
    monkey.undo()
    tally, numbers = Tally(), iter(range(transactions))
    chance = random.Random(connections)  # noqa: S311  # the same mix in every run
    workers = connections * TASKS_A_CONNECTION
    await asyncio.gather(*(_work(db, tenants, numbers, chance, tally) for _ in range(workers)))
    await _look_at_idle(db, connections, tally)
    await db.close()
    return tally


async def _work(db: Database, tenants: list[UUID], numbers: Iterator[int], chance: random.Random, tally: Tally) -> None:
    for number in numbers:
        tenant_id = chance.choice(tenants)
        if number % 100 == 0:
            await _cancelled(db, tenant_id, chance, tally)
        elif number % 50 == 0:
            await _look_at_one(db, tally)
            await _transact(db, tenant_id, tally, fails=True)
        else:
            await _transact(db, tenant_id, tally, fails=number % 7 == 0)


async def _transact(db: Database, tenant_id: UUID, tally: Tally, *, fails: bool = False) -> None:
    try:
        async with db.unit_of_work(tenant_id, "files") as uow:
            await _look(uow.session, tenant_id, tally)
            await _end(fails=fails)
    except AbortedError:
        tally.failed += 1
    else:
        tally.done += 1


async def _end(*, fails: bool) -> None:
    if fails:
        raise AbortedError


async def _cancelled(db: Database, tenant_id: UUID, chance: random.Random, tally: Tally) -> None:
    async def transact() -> None:
        async with db.unit_of_work(tenant_id, "files") as uow:
            await _look(uow.session, tenant_id, tally)
            await uow.session.execute(SLOW)

    task = asyncio.create_task(transact())
    await asyncio.sleep(chance.random() / 100)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    tally.cancelled += 1


async def _look(session: AsyncSession, tenant_id: UUID, tally: Tally) -> None:
    user, setting, tenants = (await session.execute(SEEN)).one()
    tally.wrong_settings += (user, setting) != ("adx_files", str(tenant_id))
    tally.foreign_rows += tenants != [tenant_id]


async def _look_at_one(db: Database, tally: Tally) -> None:
    async with db.engine.connect() as connection:
        found = tuple((await connection.execute(LEFT_OVER)).one())
        if found != ("adx_app", "", ""):
            tally.left_over.append(found)


async def _look_at_idle(db: Database, connections: int, tally: Tally) -> None:
    async with asyncio.timeout(10):
        held = [await db.engine.connect() for _ in range(connections)]
        for connection in held:
            found = tuple((await connection.execute(LEFT_OVER)).one())
            if found != ("adx_app", "", ""):
                tally.left_over.append(found)
            await connection.close()
