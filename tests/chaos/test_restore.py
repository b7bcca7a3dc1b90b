"""Rows from an older copy beside newer histories: `adx repair` says what does not agree, and makes it agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.runs.settling import Settling
from entrypoints.registry import REGISTRY
from entrypoints.repair import repair
from tests.factories.files import photo
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import asyncpg
    import pytest

    from core.db import Database
    from tests.support.caller import Caller
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

SECONDS = 40
TABLES = """
    select format('%I.%I', n.nspname, c.relname) as name, string_agg(format('%I', a.attname), ', ') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'copy', 'public')
        and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by 1 order by 1
"""
STATE = "select state from files.files where tenant_id = $1 and name = $2"
FILE_ID = "select id from files.files where tenant_id = $1 and name = $2"
TRASHED = "select trashed_at is not null from files.files where tenant_id = $1 and name = $2"
REMOVALS = "select count(*) from platform.runs where tenant_id = $1 and contract = 'files.remove' and state = 'waiting'"
RUN = "select id from platform.runs where tenant_id = $1 and contract = 'files.remove'"


@dataclass
class Copy:
    """All rows of the product as they were."""

    database: asyncpg.Connection
    tables: dict[str, str]

    @classmethod
    async def of(cls, database: asyncpg.Connection) -> Copy:
        tables = {row["name"]: row["columns"] for row in await database.fetch(TABLES)}
        async with database.transaction(isolation="repeatable_read"):
            await database.execute("drop schema if exists copy cascade; create schema copy")
            for name in tables:
                await database.execute(f'create table copy."{name}" as table {name}')
        return cls(database, tables)

    async def bring_back(self) -> None:
        async with self.database.transaction():
            await self.database.execute("set local session_replication_role = replica")
            await self.database.execute(f"truncate {', '.join(self.tables)}")
            for name, columns in self.tables.items():
                await self.database.execute(
                    f'insert into {name} ({columns}) overriding system value select {columns} from copy."{name}"'  # noqa: S608
                )
            await self.database.execute("drop schema copy cascade")


async def is_so(tables: asyncpg.Connection, query: str, *given: object, wanted: object = True) -> bool:
    return bool(await tables.fetchval(query, *given) == wanted)


async def test_rows_of_a_copy_are_repaired_before_anybody_works_on_them(  # noqa: PLR0917  # fixtures
    deployment: Deployment,
    deployed_db: Database,
    deployed_tables: asyncpg.Connection,
    caller: Caller,
    owner: Owner,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tenant = owner.tenant.id

    async def upload(name: str, *, until: str) -> None:
        assert (await caller.upload(name, photo())).status == 303
        await eventually(lambda: is_so(deployed_tables, STATE, tenant, name, wanted=until), seconds=SECONDS)

    async def remove(name: str) -> None:
        file_id = await deployed_tables.fetchval(FILE_ID, tenant, name)
        assert (await caller.post(f"/files/{file_id}/removal")).status == 303

    await upload("kept.jpg", until="ready")
    await upload("going.jpg", until="ready")
    await remove("going.jpg")
    await eventually(lambda: is_so(deployed_tables, REMOVALS, tenant, wanted=1), seconds=SECONDS)
    deployment.worker.kill()
    await upload("halfway.jpg", until="pending")
    copy = await Copy.of(deployed_tables)

    await deployment.worker.start()
    await eventually(lambda: is_so(deployed_tables, STATE, tenant, "halfway.jpg", wanted="ready"), seconds=SECONDS)
    await upload("later.jpg", until="ready")
    await remove("kept.jpg")
    await eventually(lambda: is_so(deployed_tables, REMOVALS, tenant, wanted=2), seconds=SECONDS)
    deployment.worker.kill()
    await copy.bring_back()

    settings = deployment.settings()
    assert await repair(settings, apply=False, rows_restored=True) == 1
    told = capsys.readouterr().out
    assert await deployed_tables.fetchval(STATE, tenant, "halfway.jpg") == "pending", "told, and nothing done"
    assert await repair(settings, apply=True, rows_restored=True) == 0
    done = capsys.readouterr().out
    for kind, about in (("lost", "files.ingest"), ("ahead", "files.remove"), ("ownerless", "files.remove")):
        for said in (told, done):
            assert [line for line in said.splitlines() if kind in line and about in line], said
    await deployment.worker.start()

    await eventually(lambda: is_so(deployed_tables, STATE, tenant, "halfway.jpg", wanted="ready"), seconds=SECONDS)
    await eventually(lambda: is_so(deployed_tables, REMOVALS, tenant, wanted=1), seconds=SECONDS)
    run_id = await deployed_tables.fetchval(RUN, tenant)
    assert (await caller.post(f"/runs/{run_id}/cancellation")).status == 303
    await eventually(lambda: is_so(deployed_tables, TRASHED, tenant, "going.jpg", wanted=False), seconds=SECONDS)
    assert await deployed_tables.fetchval(STATE, tenant, "kept.jpg") == "ready"
    listed = await caller.get("/files")
    assert [name in listed.text for name in ("kept.jpg", "going.jpg", "halfway.jpg", "later.jpg")] == [True] * 3 + [
        False
    ]
    assert await Settling(deployed_db, REGISTRY.unsettled).orphans([tenant]) == []
    assert await repair(settings, apply=False, rows_restored=False) == 0
    assert "agree" in capsys.readouterr().out
