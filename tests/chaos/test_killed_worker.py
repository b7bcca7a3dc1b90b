"""kill -9 of the worker at every step, before and after its effect: only a delay, and every effect exactly once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID
from core.ids import new_id
from tests.factories.files import photo
from tests.support.waiting import eventually
from workflows.files.contract import INGEST
from workflows.tenants.contract import PROVISION

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg

    from core.runs.contract import AnyContract
    from tests.support.caller import Caller
    from tests.support.deployment import Deployment

PHASES = ("before", "after")
SECONDS_TO_RECOVER = 60
SUBJECTS = "select subject_id from platform.runs where actor_id = $1 and contract = $2"
OPEN = "select count(*) from platform.runs where actor_id = $1 and state <> 'done'"
TENANTS = """
    select t.id,
        (select count(*) from tenants.slugs s where s.tenant_id = t.id) as slugs,
        (select count(*) from tenants.tenants x where x.tenant_id = t.id) as rows,
        (select count(*) from tenants.memberships m where m.tenant_id = t.id) as memberships,
        (select count(*) from platform.people p where p.tenant_id = t.id) as people,
        (select count(*) from platform.account_tenants a where a.tenant_id = t.id) as ways_in,
        (select count(*) from platform.audit u where u.tenant_id = t.id and u.action = 'tenant.created') as audited
    from platform.tenants t where t.id = any($1::uuid[]) and t.state = 'active'
"""
FILES = """
    select f.id, f.state, f.charge, f.size,
        (select count(*) from files.renditions r where r.tenant_id = f.tenant_id and r.file_id = f.id) as renditions
    from files.files f where f.tenant_id = $1
"""
LET_ALL_WORK = """
    insert into platform.entitlements values ($1, 'runs.at_work', 1000)
    on conflict (tenant_id, key) do update set value = excluded.value
"""
LET_FEW_WORK = "delete from platform.entitlements where tenant_id = $1 and key = 'runs.at_work'"
USAGE = "select used, reserved from files.usage where tenant_id = $1"


async def test_every_step_of_provisioning_and_of_ingest(
    deployment: Deployment, deployed_tables: asyncpg.Connection, caller: Caller, tmp_path: Path
) -> None:
    deployment.worker.kill()
    content = photo()
    provisions, ingests = points(PROVISION), points(INGEST)
    slugs = [f"pier-{number}-{new_id().hex[-8:]}" for number in range(len(provisions))]
    for slug in slugs:
        answer = await caller.post("/tenants", {"name": "Pier", "slug": slug}, home=True)
        assert answer.status == 303, answer.text
    for number in range(len(ingests)):
        answer = await caller.upload(f"coast-{number}.jpg", content)
        assert answer.status == 303, answer.text
    for tenant_id in (HOME_TENANT_ID, caller.owner.tenant.id):
        await deployed_tables.execute(LET_ALL_WORK, tenant_id)  # all have to hold at the same time
    actor_id = caller.owner.person.id
    tenants, files = [
        [row["subject_id"] for row in await deployed_tables.fetch(SUBJECTS, actor_id, contract.name)]
        for contract in (PROVISION, INGEST)
    ]
    plan = dict(zip([*tenants, *files], [*provisions, *ingests], strict=True))

    await kill_when_all_hold(deployment, plan, tmp_path)
    await deployed_tables.execute(LET_FEW_WORK, HOME_TENANT_ID)
    await deployment.worker.start()
    await eventually(lambda: none_open(deployed_tables, actor_id), seconds=SECONDS_TO_RECOVER)

    await assert_each_tenant_once(deployment, deployed_tables, caller, tenants, slugs)
    await assert_each_file_once(deployment, deployed_tables, caller, len(content))


def points(contract: AnyContract) -> list[list[str]]:
    """Every place at which a run of the contract can be killed."""
    return [[f"{contract.feature}.{step.name}", phase] for step in contract.steps for phase in PHASES]


async def kill_when_all_hold(deployment: Deployment, plan: dict[str, list[str]], folder: Path) -> None:
    """Run a worker until each run has come to its point, then kill it."""
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    held = deployment.process("held-worker", "worker", "-m", "tests.chaos.held_worker", "worker", HOLDS=str(file))
    await held.start()
    try:
        await eventually(lambda: {path.name for path in folder.iterdir()} >= set(plan), seconds=SECONDS_TO_RECOVER)
    finally:
        held.kill()


async def none_open(tables: asyncpg.Connection, actor_id: object) -> bool:
    return bool(await tables.fetchval(OPEN, actor_id) == 0)


async def assert_each_tenant_once(
    deployment: Deployment, tables: asyncpg.Connection, caller: Caller, tenants: list[str], slugs: list[str]
) -> None:
    rows = await tables.fetch(TENANTS, tenants)
    assert {str(row["id"]) for row in rows} == set(tenants)
    counted = ("slugs", "rows", "memberships", "people", "ways_in", "audited")
    assert [row for row in rows if any(row[what] != 1 for what in counted)] == []
    for tenant in tenants:
        assert len(list((deployment.storage_dir / "tenants" / tenant).iterdir())) == 1
    welcomes = [mail.text for mail in deployment.mailbox.to(caller.owner.person.email)]
    assert [sum(slug in text for text in welcomes) for slug in slugs] == [1] * len(slugs)


async def assert_each_file_once(deployment: Deployment, tables: asyncpg.Connection, caller: Caller, size: int) -> None:
    tenant_id = caller.owner.tenant.id
    rows = await tables.fetch(FILES, tenant_id)
    found = {(row["state"], row["charge"], row["size"], row["renditions"]) for row in rows}
    assert found == {("ready", "used", size, 2)}
    assert tuple(await tables.fetchrow(USAGE, tenant_id)) == (size * len(rows), 0)
    folder = deployment.storage_dir / "tenants" / str(tenant_id) / "files"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 3 * len(rows)
