"""Transactions are bound to tenant and feature, whole or not at all, and deliver only what was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.context import HOME_TENANT_ID
from core.db import Database
from core.db.migrate import is_at_head, upgrade
from core.ids import derived_id, new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.db import UnitOfWork
    from core.settings import Settings
    from tests.support.tenant_fixtures import TwoTenants

WHO = text("select current_user, current_setting('adx.tenant_id'), current_setting('adx.actor_id')")
RIGHTS = text("insert into platform.effects (tenant_id, key) values (:tenant_id, 'direct')")


class Delivered:
    """A hook that keeps what it was handed."""

    def __init__(self) -> None:
        self.topics: list[str] = []

    async def committed(self, uow: UnitOfWork) -> None:
        self.topics += [item.fact.topic for item in uow.facts]


@pytest.fixture
async def own(settings: Settings) -> AsyncIterator[Database]:
    """A database of its own, since hooks stay."""
    database = await Database.connect(settings, pool_size=2)
    yield database
    await database.close()


async def test_a_unit_of_work_is_its_feature_tenant_and_person(own: Database, two_tenants: TwoTenants) -> None:
    ctx = two_tenants.acme.context()
    async with own.unit_of_work(ctx, "files") as uow:
        row = (await uow.session.execute(WHO)).one()
    assert tuple(row) == ("adx_files", str(ctx.tenant_id), str(ctx.actor_id))


async def test_a_bare_tenant_id_will_do_in_an_activity(own: Database) -> None:
    tenant_id, actor_id = new_id(), new_id()
    async with own.unit_of_work(tenant_id, "runs", actor_id=actor_id) as uow:
        row = (await uow.session.execute(WHO)).one()
    assert tuple(row) == ("adx_runs", str(tenant_id), str(actor_id))


async def test_a_feature_that_does_not_exist_gets_nothing(own: Database) -> None:
    with pytest.raises(DBAPIError, match="does not exist"):
        async with own.unit_of_work(new_id(), "nonsense"):
            pass


async def test_what_fails_leaves_nothing_and_delivers_nothing(own: Database, two_tenants: TwoTenants) -> None:
    delivered, ctx = Delivered(), two_tenants.acme.context()
    own.after_commit(delivered)
    with pytest.raises(DBAPIError):
        await _publish_and_break(own, two_tenants)
    async with own.unit_of_work(ctx, "files") as uow:
        assert await uow.once("step"), "the key was not claimed"
        uow.publish("kept")
    assert delivered.topics == ["kept"]


async def _publish_and_break(own: Database, two_tenants: TwoTenants) -> None:
    async with own.unit_of_work(two_tenants.acme.context(), "files") as uow:
        assert await uow.once("step")
        uow.publish("lost")
        await uow.session.execute(text("select 1 / 0"))


async def test_an_effect_is_claimed_once_in_each_tenant(own: Database, two_tenants: TwoTenants) -> None:
    for tenant in (two_tenants.acme, two_tenants.globex):
        async with own.unit_of_work(tenant.context(), "files") as uow:
            assert await uow.once("upload")
            assert not await uow.once("upload")
        async with own.unit_of_work(tenant.context(), "files") as uow:
            assert not await uow.once("upload")
            await uow.forget("upload")
            assert await uow.once("upload")


async def test_writing_into_another_tenant_is_refused(own: Database, two_tenants: TwoTenants) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with own.unit_of_work(two_tenants.acme.context(), "files") as uow:
            await uow.session.execute(RIGHTS, {"tenant_id": two_tenants.globex.id})


async def test_the_platform_sees_its_own_tables_alone(own: Database, two_tenants: TwoTenants) -> None:
    async with own.unit_of_work(two_tenants.acme.context(), "files") as uow:
        uow.publish("seen")
    async with own.platform_unit_of_work() as uow:
        query = text("select count(*) from platform.outbox where tenant_id = :id")
        assert (await uow.session.execute(query, {"id": two_tenants.acme.id})).scalar_one() == 1
    with pytest.raises(DBAPIError, match="permission denied"):
        async with own.platform_unit_of_work() as uow:
            await uow.session.execute(text("select 1 from files.files"))


def test_migrating_again_changes_nothing(settings: Settings) -> None:
    upgrade(settings.migrate_database_url)
    assert is_at_head(settings.migrate_database_url)


def test_ids_sort_by_time_and_derived_ones_repeat() -> None:
    ids = [new_id() for _ in range(100)]
    assert [identifier.version for identifier in ids] == [7] * 100
    assert len(set(ids)) == 100
    assert ids[0] < new_id()
    assert derived_id(HOME_TENANT_ID, "a") == derived_id(HOME_TENANT_ID, "a") != derived_id(new_id(), "a")
