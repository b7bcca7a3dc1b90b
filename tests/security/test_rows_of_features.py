"""A feature may write run rows and facts, but what it writes is delivered within its own tenant alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from temporalio.service import RPCError

from core.ids import new_id
from core.live.fact import Fact
from core.runs.launch import launch
from core.runs.sweep import Sweeper
from domain.files.types import IngestInput
from workflows.files.contract import INGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg
    from temporalio.client import Client

    from core.db import Database
    from core.keys.ring import KeyRing
    from tests.support.tenant_fixtures import TwoTenants


class Published:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    async def publish(self, facts: Sequence[Fact]) -> None:
        self.facts += facts


async def test_a_fact_in_the_outbox_cannot_name_another_tenant(
    db: Database,
    ring: KeyRing,
    temporal_client: Client,
    two_tenants: TwoTenants,
    owner_connection: asyncpg.Connection,
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    forged = Fact(globex.id, "files:changed", "forged")
    await owner_connection.execute(
        "insert into platform.outbox values ($1, $2, $3, now() - interval '1 minute')",
        *(acme.id, new_id(), json.dumps(forged.to_json())),
    )
    transport = Published()

    await Sweeper(db, temporal_client, transport, {}, ring).publish_unpublished()

    assert [fact.tenant_id for fact in transport.facts if fact.key == "forged"] == [acme.id]


async def test_a_run_row_cannot_start_work_in_another_tenant_or_for_another_person(
    db: Database,
    ring: KeyRing,
    temporal_client: Client,
    two_tenants: TwoTenants,
    owner_connection: asyncpg.Connection,
) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    rows = [
        await _forge(db, two_tenants, owner_connection, {"tenant_id": str(globex.id)}),
        await _forge(db, two_tenants, owner_connection, {"actor_id": str(acme.people["owner"].id)}),
    ]

    await Sweeper(db, temporal_client, Published(), {INGEST.name: INGEST}, ring).start_unstarted()

    for workflow_id in rows:
        with pytest.raises(RPCError, match="not found"):
            await temporal_client.get_workflow_handle(workflow_id).describe()
    await owner_connection.execute("delete from platform.runs where workflow_id = any($1)", rows)


async def _forge(
    db: Database, tenants: TwoTenants, owner_connection: asyncpg.Connection, changed: dict[str, str]
) -> str:
    ctx = tenants.acme.context("member")
    assert ctx.actor_id is not None
    asked = IngestInput(tenant_id=ctx.tenant_id, actor_id=ctx.actor_id, file_id=uuid4())
    async with db.unit_of_work(ctx, "files") as uow:
        run = await launch(uow, INGEST, asked, key=str(uuid4()), subject=("file", "x"))
        uow.starts.clear()  # as if the process had died here
    await _change_input(owner_connection, run.id, changed)
    return run.workflow_id


async def _change_input(owner_connection: asyncpg.Connection, run_id: UUID, changed: dict[str, str]) -> None:
    await owner_connection.execute(
        "update platform.runs set input = input || $2, changed_at = now() - interval '1 minute' where id = $1",
        *(run_id, json.dumps(changed)),
    )
