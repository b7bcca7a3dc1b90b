"""Who sees which runs, and what is learnt from those that ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID, Context, TenantFacts
from core.db import Database
from core.ids import new_id
from core.runs.launch import LaunchedRun, launch
from core.runs.queries import OPEN_STATES, run_of, runs_of, runs_of_subjects
from tests.workflows.kit.sample import LINE, SampleInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.settings import Settings
    from tests.support.tenant_fixtures import TwoTenants


@pytest.fixture
async def still(settings: Settings) -> AsyncIterator[Database]:
    """A database without hooks: what is launched is not started."""
    database = await Database.connect(settings, pool_size=2)
    yield database
    await database.close()


async def launched(db: Database, ctx: Context, key: str) -> LaunchedRun:
    assert ctx.actor_id
    async with db.unit_of_work(ctx, "files") as uow:
        return await launch(
            uow, LINE, SampleInput(ctx.tenant_id, ctx.actor_id, key), key=key, subject=("sample", key), size=300_000
        )


async def seen(db: Database, ctx: Context) -> set[str]:
    async with db.unit_of_work(ctx, "runs") as uow:
        return {str(run.id) for run in await runs_of(uow, ctx)}


async def test_people_see_their_own_runs_and_admins_all_of_the_tenant(still: Database, two_tenants: TwoTenants) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    member = await launched(still, acme.context("member"), "1")
    guest = await launched(still, acme.context("guest"), "2")
    foreign = await launched(still, globex.context("owner"), "3")
    assert await seen(still, acme.context("member")) == {str(member.id)}
    assert await seen(still, acme.context("guest")) == {str(guest.id)}
    for role in ("admin", "owner"):
        assert await seen(still, acme.context(role)) == {str(member.id), str(guest.id)}
    assert await seen(still, globex.context("owner")) == {str(foreign.id)}
    async with still.unit_of_work(acme.context("owner"), "runs") as uow:
        assert await run_of(uow, acme.context("owner"), foreign.id) is None
        assert await run_of(uow, acme.context("guest"), member.id) is None
        assert await run_of(uow, acme.context("guest"), new_id()) is None


async def test_at_the_base_host_everybody_sees_their_own_alone(still: Database, two_tenants: TwoTenants) -> None:
    home = TenantFacts(HOME_TENANT_ID, "home", "ADX")
    mine = replace(two_tenants.acme.context("owner"), tenant=home)
    other = replace(two_tenants.globex.context("owner"), tenant=home)
    run = await launched(still, mine, str(new_id()))
    assert str(run.id) in await seen(still, mine)
    assert str(run.id) not in await seen(still, other)


async def test_the_same_key_is_one_run_and_another_tenants_is_its_own(still: Database, two_tenants: TwoTenants) -> None:
    ctx = two_tenants.acme.context("owner")
    first, again = await launched(still, ctx, "key"), await launched(still, ctx, "key")
    foreign = await launched(still, two_tenants.globex.context("owner"), "key")
    assert first == again
    assert foreign.id != first.id
    assert await seen(still, ctx) == {str(first.id)}
    assert first.workflow_id == f"{ctx.tenant_id}/sample.line/{first.id}"


async def test_a_run_that_is_rolled_back_was_never_there(still: Database, two_tenants: TwoTenants) -> None:
    ctx = two_tenants.acme.context("owner")
    with pytest.raises(RuntimeError):
        await _launch_and_break(still, ctx)
    assert await seen(still, ctx) == set()


async def _launch_and_break(db: Database, ctx: Context) -> None:
    assert ctx.actor_id
    async with db.unit_of_work(ctx, "files") as uow:
        await launch(uow, LINE, SampleInput(ctx.tenant_id, ctx.actor_id, "x"), key="x", subject=("sample", "x"))
        message = "the rest of the request fails"
        raise RuntimeError(message)


async def test_the_newest_run_of_each_subject(still: Database, two_tenants: TwoTenants) -> None:
    ctx = two_tenants.acme.context("owner")
    run = await launched(still, ctx, "a")
    async with still.unit_of_work(ctx, "runs") as uow:
        found = await runs_of_subjects(uow, ctx, "sample", ["a", "b"])
        assert {key: snapshot.id for key, snapshot in found.items()} == {"a": run.id}
        assert await runs_of_subjects(uow, ctx, "sample", []) == {}
        assert [open_run.id for open_run in await runs_of(uow, ctx, states=OPEN_STATES)] == [run.id]
        assert await runs_of(uow, ctx, states=["done"]) == []
