"""Making rows and runs agree after something was lost or restored: what ``adx repair`` finds, and does about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import structlog
from sqlalchemy import text
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from core.runs.contract import RunRef
from core.runs.lost import LostRuns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import Database
    from core.runs.contract import AnyContract
    from core.runs.settling import Settling

log = structlog.get_logger()

Kind = Literal["lost", "unwound", "ahead", "ownerless", "unsettled", "unclear"]
"""What does not agree.

``lost``: the row of an open run has no workflow that will end it; it is launched again. ``unwound``: the same, of one
that was cancelled; it is undone. ``ahead``: a workflow that is open knows more than rows that were restored; it is
launched again from its row. ``ownerless``: an open workflow has no open row; it is terminated. ``unsettled``: rows wait
for a run that has ended without them; it is launched again. ``unclear``: rows wait for a run of which nothing is left,
so a person has to look.
"""

OPEN = text("""
    select tenant_id, id, contract, workflow_id, subject_id, state, launches, past_return from platform.runs
    where ended_at is null and input is not null and state <> 'queued' order by tenant_id, id
""")
# A run that has ended just now may have a workflow for a moment more: it tells of its end before it ends.
IS_OPEN = text("""
    select ended_at is null or ended_at > now() - interval '30 seconds'
    from platform.runs where tenant_id = :tenant_id and id = :id
""")
OF_SUBJECT = text("""
    select tenant_id, id, workflow_id from platform.runs
    where tenant_id = :tenant_id and contract = any(:contracts) and subject_id = :subject_id and input is not null
    order by created_at desc limit 1
""")
# Launches are counted from one again: an engineer has looked.
REOPEN = text("""
    update platform.runs set ended_at = null, launches = 1,
        state = case when ended_at is null then state else 'launching' end
    where tenant_id = :tenant_id and id = :id
""")
KILLED = frozenset({
    WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT, WorkflowExecutionStatus.FAILED,
})  # fmt: skip
REASON = "adx repair"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing on which rows and runs do not agree. ``run_id`` is None where there is no row to mend."""

    kind: Kind
    tenant_id: UUID
    about: str
    run_id: UUID | None = None
    workflow_id: str = ""


class Repair:
    """Looks across all tenants, as the platform. Workers may be stopped meanwhile, and should be after a restore."""

    def __init__(self, db: Database, client: Client, contracts: Mapping[str, AnyContract], settling: Settling) -> None:
        self._db = db
        self._client = client
        self._contracts = contracts
        self._settling = settling
        self._lost = LostRuns(db, client, contracts, settling)

    async def look(self, *, rows_restored: bool = False) -> list[Discrepancy]:
        """Return all that does not agree; changes nothing.

        ``rows_restored``: the rows are from a copy, so that no open workflow is believed to have done what it says.
        """
        async with self._db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(OPEN)).all()
        told = [await self._of_row(row, rows_restored=rows_restored) for row in rows]
        return [*filter(None, told), *await self._ownerless(), *await self._unsettled()]

    async def mend(self, found: Discrepancy) -> None:
        """Make rows and runs agree on one thing; doing it again changes nothing more."""
        if found.kind in {"ownerless", "ahead"}:
            await self._terminate(found.workflow_id)
        if found.run_id is not None:
            async with self._db.unit_of_work(found.tenant_id, "runs") as uow:
                await uow.session.execute(REOPEN, {"tenant_id": found.tenant_id, "id": found.run_id})
            await self._lost.recover(found.tenant_id, found.run_id, launches=1, unwind=found.kind == "unwound")
        await log.awarning("repaired", kind=found.kind, tenant=str(found.tenant_id), about=found.about)

    async def _of_row(self, row: Any, *, rows_restored: bool) -> Discrepancy | None:  # noqa: ANN401  # a row of OPEN
        try:
            found = await self._client.get_workflow_handle(row.workflow_id).describe()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return None if row.state == "launching" else self._about(row, "lost")
        if found.status == WorkflowExecutionStatus.RUNNING:
            return self._about(row, "ahead") if rows_restored else None
        if found.status in KILLED:
            return self._about(row, "lost")
        if await self._settling.is_settled(row.tenant_id, row.contract, row.subject_id):
            return None  # the sweep writes its end down
        return self._about(row, "unwound" if found.status == WorkflowExecutionStatus.CANCELED else "lost")

    async def _ownerless(self) -> list[Discrepancy]:
        """Return the open workflows of runs whose rows are not there, or have ended."""
        found = []
        async for open_one in self._client.list_workflows("ExecutionStatus = 'Running'"):
            ref = RunRef.parse(open_one.id)
            if ref is None or ref.contract in self._settling.rowless:
                continue
            async with self._db.platform_unit_of_work() as uow:
                wanted = {"tenant_id": ref.tenant_id, "id": ref.run_id}
                is_open = (await uow.session.execute(IS_OPEN, wanted)).scalar_one_or_none()
            if not is_open:
                found.append(Discrepancy("ownerless", ref.tenant_id, ref.contract, workflow_id=open_one.id))
        return found

    async def _unsettled(self) -> list[Discrepancy]:
        found = []
        for orphan in await self._settling.orphans():
            async with self._db.platform_unit_of_work() as uow:
                wanted = {
                    "tenant_id": orphan.tenant_id,
                    "contracts": list(orphan.contracts),
                    "subject_id": orphan.subject_id,
                }
                run = (await uow.session.execute(OF_SUBJECT, wanted)).one_or_none()
            about = f"{orphan.contracts[0]} {orphan.subject_id}"
            if run is None:
                found.append(Discrepancy("unclear", orphan.tenant_id, about))
            else:
                found.append(Discrepancy("unsettled", orphan.tenant_id, about, run.id, run.workflow_id))
        return found

    async def _terminate(self, workflow_id: str) -> None:
        try:
            await self._client.get_workflow_handle(workflow_id).terminate(REASON)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise

    @staticmethod
    def _about(row: Any, kind: Kind) -> Discrepancy:  # noqa: ANN401  # a row of OPEN
        return Discrepancy(kind, row.tenant_id, f"{row.contract} {row.subject_id}", row.id, row.workflow_id)
