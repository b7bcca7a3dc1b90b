from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from core.runs.effects import SECONDS_HELD, UnderWayError, begin, finish

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    import asyncpg

    from core.db import Database, UnitOfWork
    from tests.support.tenant_fixtures import TwoTenants

AGE = "update platform.effects set created_at = created_at - make_interval(secs => $2) where key like $1 || '%'"
KEYS = "select key from platform.effects where key like $1 || '%'"


class ServerError(Exception):
    pass


class Attempts:
    """Attempts at one effect, and how often it was done."""

    def __init__(self, work: Callable[[], AbstractAsyncContextManager[UnitOfWork]]) -> None:
        self.work = work
        self.key = f"run/{new_id()}:send"
        self.done = 0

    async def attempt(self, fault: BaseException | None = None) -> bool:
        async with self.work() as uow:
            begun = await begin(uow, self.key)
        if begun:
            await finish(self.work, self.key, self._do(fault))
        return begun

    async def dies(self) -> None:
        """An attempt whose process ends between its commit and its end."""
        async with self.work() as uow:
            assert await begin(uow, self.key)

    async def _do(self, fault: BaseException | None) -> None:
        if fault:
            raise fault
        self.done += 1


@pytest.fixture
def attempts(db: Database, two_tenants: TwoTenants) -> Attempts:
    return Attempts(partial(db.unit_of_work, two_tenants.acme.id, "files"))


async def test_it_is_done_once_however_often_it_is_tried(
    attempts: Attempts, owner_connection: asyncpg.Connection
) -> None:
    assert [await attempts.attempt() for _ in range(3)] == [True, False, False]
    assert attempts.done == 1
    assert [row["key"] for row in await owner_connection.fetch(KEYS, attempts.key)] == [attempts.key]


@pytest.mark.parametrize("fault", [ServerError(), asyncio.CancelledError()], ids=["failed", "cancelled"])
async def test_one_that_failed_is_tried_again_at_once(attempts: Attempts, fault: BaseException) -> None:
    with pytest.raises(type(fault)):
        await attempts.attempt(fault)
    assert await attempts.attempt()
    assert attempts.done == 1


async def test_what_another_attempt_is_at_is_left_to_it_until_that_must_have_died(
    attempts: Attempts, owner_connection: asyncpg.Connection
) -> None:
    await attempts.dies()
    with pytest.raises(UnderWayError):
        await attempts.attempt()
    assert attempts.done == 0

    await owner_connection.execute(AGE, attempts.key, float(SECONDS_HELD + 1))
    assert await attempts.attempt()
    assert attempts.done == 1


async def test_of_many_at_once_one_does_it(attempts: Attempts) -> None:
    ended = await asyncio.gather(*(attempts.attempt() for _ in range(8)), return_exceptions=True)
    assert attempts.done == 1
    assert ended.count(True) == 1
    assert all(one is False or isinstance(one, UnderWayError) for one in ended if one is not True)
