"""Runs whose workflow is lost: ended from outside, or not in Temporal any more, with rows that nobody else settles.

Such a run is launched again from its input, since every step can be repeated; one that was being undone is unwound
from its input instead. What is lost again and again is left to engineers, its input kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from core.runs.dispatch import pending_start, start_workflow
from core.runs.recorder import apply_report
from core.runs.report import RunReport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from temporalio.client import Client

    from core.db import Database
    from core.runs.contract import AnyContract
    from core.runs.settling import Settling

log = structlog.get_logger()

MOST_LAUNCHES = 4
UNDOING = frozenset({"undoing", "undone"})

# Of two that found it lost, one claims it. What it had undone or begun to undo is told by its steps.
CLAIM = text("""
    update platform.runs set launches = launches + 1, parked_until = null, past_return = false
    where tenant_id = :tenant_id and id = :id and ended_at is null and launches = :launches and input is not null
    returning tenant_id, id, contract, workflow_id, actor_id, input, state, withdrawn
""")
FORGET_STEPS = text("delete from platform.run_steps where tenant_id = :tenant_id and run_id = :id returning state")
DONE_STEPS = text("""
    select r.contract, r.subject_id, array(
        select s.name from platform.run_steps s
        where s.tenant_id = r.tenant_id and s.run_id = r.id and s.state = 'done') as done
    from platform.runs r where r.tenant_id = :tenant_id and r.id = :id
""")
IS_STUCK = text("select state = 'stuck' from platform.runs where tenant_id = :tenant_id and id = :id")


class LostError(Exception):
    """The workflow of an open run is not there any more, or has ended with rows that it should have settled.

    ``unwind`` says that what it did is to be undone.
    """

    def __init__(self, *, unwind: bool = False) -> None:
        super().__init__("lost")
        self.unwind = unwind


class LostRuns:
    """Brings lost runs to an end after all."""

    def __init__(self, db: Database, client: Client, contracts: Mapping[str, AnyContract], settling: Settling) -> None:
        self._db = db
        self._client = client
        self._contracts = contracts
        self._settling = settling

    async def recover(self, tenant_id: UUID, run_id: UUID, *, launches: int, unwind: bool = False) -> bool:
        """Launch a lost run again, or unwind it; False where somebody was faster or nothing more can be done.

        ``launches`` is what its row said when it was found lost.
        """
        if not unwind and await self._was_all_but_done(tenant_id, run_id):
            return await self._apply(RunReport(tenant_id, run_id, "done"))
        if launches >= MOST_LAUNCHES:
            return await self._leave_to_engineers(tenant_id, run_id)
        async with self._db.unit_of_work(tenant_id, "runs") as uow:
            wanted = {"tenant_id": tenant_id, "id": run_id, "launches": launches}
            row = (await uow.session.execute(CLAIM, wanted)).one_or_none()
            if row is None:
                return False
            start = pending_start(row, self._contracts)
            forgotten = await uow.session.scalars(FORGET_STEPS, {"tenant_id": tenant_id, "id": run_id})
            unwind = unwind or row.state == "undoing" or not UNDOING.isdisjoint(forgotten)
            again = RunReport(tenant_id, run_id, "undoing" if unwind else "launching")
            await apply_report(uow, run_id, again, self._contracts)
        await log.awarning(
            "a lost run is launched again", workflow=start.workflow_id, unwind=unwind, launch=launches + 1
        )
        # Should this process die here, the next sweep finds it lost once more.
        await start_workflow(self._client, start, again=True, unwind=unwind)
        return True

    async def _was_all_but_done(self, tenant_id: UUID, run_id: UUID) -> bool:
        """Whether what cannot be taken back is done, and nothing waits: to begin anew would only do harm."""
        async with self._db.unit_of_work(tenant_id, "runs") as uow:
            row = (await uow.session.execute(DONE_STEPS, {"tenant_id": tenant_id, "id": run_id})).one_or_none()
        if row is None or not any(self._contracts[row.contract].step(name).point_of_no_return for name in row.done):
            return False
        return await self._settling.is_settled(tenant_id, row.contract, row.subject_id)

    async def _leave_to_engineers(self, tenant_id: UUID, run_id: UUID) -> bool:
        async with self._db.unit_of_work(tenant_id, "runs") as uow:
            if await uow.session.scalar(IS_STUCK, {"tenant_id": tenant_id, "id": run_id}):
                return False
        await self._apply(RunReport(tenant_id, run_id, "stuck"))
        await log.aerror("a run is lost again and again", run=str(run_id), launches=MOST_LAUNCHES)
        return True

    async def _apply(self, report: RunReport) -> bool:
        async with self._db.unit_of_work(report.tenant_id, "runs") as uow:
            await apply_report(uow, report.run_id, report, self._contracts)
        return True
