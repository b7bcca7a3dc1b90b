from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from temporalio import workflow
from temporalio.worker import Worker

from tests.support.matrix import in_pairs

if TYPE_CHECKING:
    import asyncpg
    from redis.asyncio import Redis
    from temporalio.client import Client
    from temporalio.testing import WorkflowEnvironment

    from core.db import Database
    from tests.support.mails import Mailbox
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn


async def test_the_product_logs_in_as_a_role_that_obeys_row_security(owner_connection: asyncpg.Connection) -> None:
    role = await owner_connection.fetchrow("select * from pg_roles where rolname = 'adx_app'")
    owned = await owner_connection.fetchval("select count(*) from pg_class where relowner = 'adx_app'::regrole")
    assert (role["rolsuper"], role["rolbypassrls"], role["rolinherit"], owned) == (False, False, False, 0)


async def test_a_tenants_people_are_seen_in_that_tenant_alone(db: Database, two_tenants: TwoTenants) -> None:
    async with db.unit_of_work(two_tenants.acme.context(), "files") as uow:
        names = (await uow.session.scalars(text("select name from platform.people"))).all()
    assert sorted(names) == sorted(person.name for person in two_tenants.acme.people.values())


async def test_without_a_tenant_nothing_can_be_read(db: Database) -> None:
    async with db.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(text("select * from platform.people"))


async def test_redis_answers(redis: Redis) -> None:
    await redis.set("probe", "1", ex=5)
    assert await redis.get("probe") == b"1"


@workflow.defn(name="test.probe")
class Probe:
    @workflow.run
    async def run(self, seconds: int) -> str:
        await workflow.sleep(seconds)
        return "done"


async def test_temporal_runs_a_workflow_in_this_workers_namespace(temporal_client: Client) -> None:
    async with Worker(temporal_client, task_queue="probe", workflows=[Probe]):
        assert await temporal_client.execute_workflow(Probe.run, 0, id="probe", task_queue="probe") == "done"


async def test_a_month_passes_at_once(time_skipping: WorkflowEnvironment) -> None:
    client = time_skipping.client
    async with Worker(client, task_queue="probe", workflows=[Probe]):
        assert await client.execute_workflow(Probe.run, 30 * 86400, id="month", task_queue="probe") == "done"


async def test_a_mail_is_caught_once_however_often_it_is_sent(mailbox: Mailbox) -> None:
    mail = b"Message-ID: <one@x>\r\nSubject: Gr=?utf-8?b?w7zDn2U=?=\r\nFrom: a@x\r\n\r\nHello\r\n"
    assert mailbox.store.add(mail, "a@x", ["b@x"])
    assert not mailbox.store.add(mail, "a@x", ["b@x"])
    found = await mailbox.wait_for("b@x")
    assert (found.text.strip(), len(mailbox.to("b@x"))) == ("Hello", 1)


def test_every_two_values_of_a_matrix_meet_in_some_cell() -> None:
    axes = ("abcdefgh", range(7), ("light", "dark"), (360, 768, 1440))
    chosen = in_pairs(*axes)
    assert set(chosen) <= set(product(*axes))
    for one, other in combinations(range(len(axes)), 2):
        assert {(cell[one], cell[other]) for cell in chosen} == set(product(axes[one], axes[other]))
    assert len(chosen) == len(set(chosen)) < 8 * 7 * 2 * 3 / 5


async def test_a_signed_in_browser_gets_its_own_tenants_pages_alone(two_tenants: TwoTenants, sign_in: SignIn) -> None:
    member = await sign_in(two_tenants.acme, "member")
    own = await member.get(two_tenants.acme.url("/files"))
    foreign = await member.get(two_tenants.globex.url("/files"))
    assert own.status == 200
    assert foreign.status != 200
