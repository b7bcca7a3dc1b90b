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

    def __init__(self, db: Database, client: Client, contracts: Mapping[str, AnyContract]) -> None:
        self._db = db
        self._client = client
        self._contracts = contracts

    async def recover(self, tenant_id: UUID, run_id: UUID, *, launches: int, unwind: bool = False) -> bool:
        """Launch a lost run again, or unwind it; False where somebody was faster or nothing more can be done.

        ``launches`` is what its row said when it was found lost.
        """
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

    async def _leave_to_engineers(self, tenant_id: UUID, run_id: UUID) -> bool:
        async with self._db.unit_of_work(tenant_id, "runs") as uow:
            if await uow.session.scalar(IS_STUCK, {"tenant_id": tenant_id, "id": run_id}):
                return False
            await apply_report(uow, run_id, RunReport(tenant_id, run_id, "stuck"), self._contracts)
        await log.aerror("a run is lost again and again", run=str(run_id), launches=MOST_LAUNCHES)
        return True
