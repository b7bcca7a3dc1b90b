"""The end of runs whose tenant's data was erased: nobody can read any more what they were to do.

A worker cannot end them all by itself: without its keys it cannot follow what a workflow has done so far.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text
from temporalio.service import RPCError, RPCStatusCode

from core.keys.errors import ERASED
from core.runs.payloads import DataErasedError
from core.runs.recorder import apply_report
from core.runs.report import RunReport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from temporalio.client import Client

    from core.db import Database
    from core.runs.contract import AnyContract

RPC_TIMEOUT = timedelta(seconds=3)
MOST_TENANTS = 500

ERASED_LATELY = text("""
    select distinct tenant_id from platform.tenant_keys
    where wrapped is null and destroyed_at > now() - interval '1 day' limit :limit
""")


class RunRow(Protocol):
    """What a row of a run tells of it."""

    @property
    def tenant_id(self) -> UUID:
        """Whose it is."""

    @property
    def id(self) -> UUID:
        """Which it is."""

    @property
    def workflow_id(self) -> str:
        """What Temporal knows it by."""


async def end_workflows(db: Database, client: Client) -> int:
    """End what still runs of tenants whose data was erased within a day, runs and others; returns how many."""
    async with db.platform_unit_of_work() as uow:
        tenants = (await uow.session.execute(ERASED_LATELY, {"limit": MOST_TENANTS})).scalars().all()
    ended = 0
    for tenant_id in tenants:
        running = f"WorkflowId STARTS_WITH '{tenant_id}/' and ExecutionStatus = 'Running'"
        async for found in client.list_workflows(running, rpc_timeout=RPC_TIMEOUT):
            ended += await _terminate(client, found.id)
    return ended


async def end_run(db: Database, client: Client, contracts: Mapping[str, AnyContract], run: RunRow) -> bool:
    """End a run, and have its card say why."""
    await _terminate(client, run.workflow_id)
    async with db.unit_of_work(run.tenant_id, "runs") as uow:
        await apply_report(uow, run.id, RunReport(run.tenant_id, run.id, "failed", outcome=ERASED), contracts)
    return True


async def _terminate(client: Client, workflow_id: str) -> bool:
    try:
        await client.get_workflow_handle(workflow_id).terminate(
            reason=DataErasedError().message, rpc_timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:  # never started, or ended already
            raise
        return False
    return True
