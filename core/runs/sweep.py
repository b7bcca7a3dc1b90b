"""What a crash can leave behind, found and mended: unstarted runs, undelivered facts, rows that missed an event.

What is over is taken away as well: sessions and hand-over codes that nobody can use any more,
and what is known of submissions that nobody sends again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.service import RPCError, RPCStatusCode

from core.identity import Sessions
from core.live.fact import Fact
from core.metrics import STUCK, UNSETTLED, WAITING
from core.runs.dispatch import FactTransport, forget_facts, pending_start, start_workflow
from core.runs.erasure import end_run, end_workflows
from core.runs.line import Lines
from core.runs.lost import LostError, LostRuns
from core.runs.recorder import apply_report
from core.runs.report import Mended, RunReport, RunState
from core.runs.settling import Round, Settling
from core.runs.stuck import failing_since
from core.runs.survey import backlog
from core.submissions import Submissions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from temporalio.client import WorkflowExecutionDescription, WorkflowHandle

    from core.db import Database
    from core.keys.ring import KeyRing
    from core.runs.contract import AnyContract

log = structlog.get_logger()

BATCH = 500
QUERY_TIMEOUT = timedelta(seconds=3)
SECONDS_BETWEEN_ROUNDS = 600.0
TENANTS_PER_SWEEP = 100
"""So many are looked at for rows that no run will settle: about half a second, however many there are in all."""

TOLD_WITHIN = timedelta(minutes=15)
"""How long a workflow that has ended is asked for its steps, before its row is closed without them."""
STUCK_AFTER = timedelta(seconds=10)
# A workflow whose worker is away answers nothing until the timeout. Asked one after the other, ten of them would
# outlast the sweep; so many are asked side by side, and so few per sweep, that all of them being mute still fits.
ASKED_PER_SWEEP = 100
ASKED_AT_ONCE = 20

# The tenants take turns in each of them: what one of them has left behind thousandfold keeps no other waiting.
UNSTARTED = text("""
    select tenant_id, id, contract, workflow_id, actor_id, input, withdrawn from platform.runs
    where ended_at is null and (state = 'launching' or (state = 'undoing' and withdrawn)) and input is not null
        and changed_at < now() - interval '5 seconds'
    order by row_number() over (partition by tenant_id order by changed_at), changed_at limit :limit
""")
UNPUBLISHED = text("""
    select tenant_id, id, fact from platform.outbox where created_at < now() - interval '5 seconds'
    order by row_number() over (partition by tenant_id order by created_at, id), created_at, id limit :limit
""")
QUIET = text("""
    select tenant_id, id, contract, workflow_id, subject_id, state, changed_at, launches from platform.runs
    where ended_at is null and state <> 'queued' and changed_at < now() - interval '30 seconds'
    order by row_number() over (partition by tenant_id order by changed_at), changed_at limit :limit
""")
LOOKED_AT = text("update platform.runs set changed_at = now() where id = :id and changed_at = :changed_at")

STATE_OF_CLOSED: dict[WorkflowExecutionStatus, RunState] = {
    WorkflowExecutionStatus.COMPLETED: "done",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.FAILED: "failed",
    WorkflowExecutionStatus.TERMINATED: "failed",
    WorkflowExecutionStatus.TIMED_OUT: "failed",
}
KILLED = frozenset({WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT})
"""Ends that a workflow learns nothing of: it has settled nothing."""

UNDOINGS_END: frozenset[RunState | None] = frozenset({"undone", "cancelled"})


class Sweeper:
    """Looks across all tenants, as the platform."""

    def __init__(
        self,
        db: Database,
        client: Client,
        transport: FactTransport,
        contracts: Mapping[str, AnyContract],
        ring: KeyRing,
        *,
        settling: Settling | None = None,
    ) -> None:
        self._db = db
        self._client = client
        self._transport = transport
        self._contracts = contracts
        self._settling = settling or Settling(db, ())
        self._round = Round(self._settling)
        self._lost = LostRuns(db, client, contracts, self._settling)
        self._ring = ring
        self._sessions = Sessions(db)
        self._submissions = Submissions(db)
        self._lines = Lines(db, contracts)
        self._orphans_due_at = 0.0

    async def sweep(self) -> Mended:
        """Do all of it, each whatever becomes of the others. Each is safe to repeat and to run beside live traffic.

        Raises what the first of them raised that failed, when all have had their turn.
        """
        done = await asyncio.gather(
            self.start_unstarted(),
            self._lines.move_all(BATCH),
            self.publish_unpublished(),
            self.reconcile(),
            self._sessions.forget_ended(BATCH),
            self._submissions.forget_old(BATCH),
            self.survey(),
            end_workflows(self._db, self._client),
            return_exceptions=True,
        )
        for result in done:
            if isinstance(result, BaseException):
                raise result
        started, admitted, *others = [result for result in done if isinstance(result, int)]
        return Mended(started + admitted, *others)

    async def start_unstarted(self) -> int:
        """Start the workflows of runs whose process died between commit and start."""
        async with self._db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(UNSTARTED, {"limit": BATCH})).all()
        return sum([await self._unless_it_fails(row, self._start) for row in rows])

    async def publish_unpublished(self) -> int:
        """Deliver the facts that stayed in the outbox."""
        async with self._db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(UNPUBLISHED, {"limit": BATCH})).all()
        # The row's tenant counts, which the database has checked, whatever the fact says of itself.
        facts = [replace(fact, tenant_id=row.tenant_id) for row in rows if (fact := _fact_of(row)) is not None]
        if rows:
            await self._transport.publish(facts)
            await forget_facts(self._db, [row.id for row in rows])
        return len(facts)

    async def reconcile(self) -> int:
        """Compare the rows of quiet open runs with their workflows, which are the truth."""
        async with self._db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(QUIET, {"limit": ASKED_PER_SWEEP})).all()
        asking = asyncio.Semaphore(ASKED_AT_ONCE)

        async def mend(row: Any) -> bool:  # noqa: ANN401  # a row
            async with asking:
                return await self._unless_it_fails(row, self._reconcile)

        return sum(await asyncio.gather(*map(mend, rows)))

    async def survey(self) -> None:
        """Tell operators how long the oldest waits, and now and then which rows no open run will settle."""
        found = await backlog(self._db)
        WAITING.labels("launching").set(found.launching.total_seconds())
        WAITING.labels("outbox").set(found.outbox.total_seconds())
        STUCK.set(found.stuck)
        if time.monotonic() < self._orphans_due_at:
            return
        counted = await self._round.go_on(TENANTS_PER_SWEEP)
        if counted is None:
            return
        self._orphans_due_at = time.monotonic() + SECONDS_BETWEEN_ROUNDS
        for contract, count in counted.items():
            UNSETTLED.labels(contract).set(count)
        if any(counted.values()):
            await log.aerror("rows wait for runs that are not there; see adx repair", **counted)

    async def _unless_it_fails(self, row: Any, mend: Callable[[Any], Awaitable[bool]]) -> bool:  # noqa: ANN401  # a row
        """Mend one run. One that cannot be mended, for whatever reason, must not keep the others waiting."""
        try:
            if await self._ring.is_erased(row.tenant_id):
                return await end_run(self._db, self._client, self._contracts, row)
            return await mend(row)
        except Exception:  # noqa: BLE001  # see above
            await log.aerror(
                "a run could not be mended; the next sweep tries again", workflow=row.workflow_id, exc_info=True
            )
            return False

    async def _start(self, row: Any) -> bool:  # noqa: ANN401  # a row of UNSTARTED
        await start_workflow(self._client, pending_start(row, self._contracts))
        return True

    async def _reconcile(self, row: Any) -> bool:  # noqa: ANN401  # a row of QUIET
        try:
            report = await self._truth(row)
        except LostError as lost:
            return await self._lost.recover(row.tenant_id, row.id, launches=row.launches, unwind=lost.unwind)
        if report is None:
            async with self._db.platform_unit_of_work() as uow:
                await uow.session.execute(LOOKED_AT, {"id": row.id, "changed_at": row.changed_at})
            return False
        async with self._db.unit_of_work(row.tenant_id, "runs") as uow:
            await apply_report(uow, row.id, report, self._contracts)
        return True

    async def _truth(self, row: Any) -> RunReport | None:  # noqa: ANN401  # a row of QUIET
        """Return what the row should say, or None if it says it already or the truth cannot be had now.

        Raises ``LostError`` for a workflow that will bring its run to no end.
        """
        handle = self._client.get_workflow_handle(row.workflow_id)
        try:
            found = await handle.describe(rpc_timeout=QUERY_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND and row.state != "launching":
                raise LostError from error
            return None  # what is launching is started by those who start, or Temporal is away
        closed = STATE_OF_CLOSED.get(found.status) if found.status else None
        if found.status in KILLED:
            raise LostError
        if closed is None and await self._is_stuck(row.workflow_id):
            return await _told_stuck(row) if row.state != "stuck" else None
        report = await self._asked(handle, row, found, closed)
        if report is None or (closed is None and report.state == row.state):
            return None
        if closed is not None:
            report = await self._ended(row, closed, report)
        return replace(report, tenant_id=row.tenant_id, run_id=row.id)

    async def _asked(
        self,
        handle: WorkflowHandle[Any, Any],
        row: Any,  # noqa: ANN401  # a row of QUIET
        found: WorkflowExecutionDescription,
        closed: RunState | None,
    ) -> RunReport | None:
        """Return what the workflow says of itself; None while it may still say it."""
        try:
            told: RunReport | None = await handle.query("report", result_type=RunReport, rpc_timeout=QUERY_TIMEOUT)
        except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
            await log.awarning("a workflow does not tell where it stands", workflow=row.workflow_id, error=str(error))
            if closed is None or _is_fresh(found.close_time):
                return None  # it may be slow, or its worker away: what is written stays until it tells more
            return RunReport(row.tenant_id, row.id)
        return told

    async def _ended(self, row: Any, closed: RunState, report: RunReport) -> RunReport:  # noqa: ANN401  # a row of QUIET
        """Return the end of a run whose workflow has ended; raises ``LostError`` where its rows know nothing of it."""
        if closed == "failed" and report.state in UNDOINGS_END:
            return report
        has_broken_off = closed == "failed" and report.state is not None
        if has_broken_off or not await self._settling.is_settled(row.tenant_id, row.contract, row.subject_id):
            raise LostError(unwind=closed == "cancelled")
        return replace(report, state=closed)

    async def _is_stuck(self, workflow_id: str) -> bool:
        """Whether its tasks fail, and not only since a moment ago: a worker that is replaced may fail at one."""
        try:
            since = await failing_since(self._client, workflow_id, rpc_timeout=QUERY_TIMEOUT)
        except RPCError:
            return False  # what is written stays until Temporal tells more
        return since is not None and datetime.now(UTC) - since > STUCK_AFTER


async def _told_stuck(row: Any) -> RunReport:  # noqa: ANN401  # a row of QUIET
    await log.aerror("a run cannot go on: no worker can follow its history", workflow=row.workflow_id)
    return RunReport(row.tenant_id, row.id, "stuck")


def _is_fresh(closed_at: datetime | None) -> bool:
    return closed_at is not None and datetime.now(UTC) - closed_at < TOLD_WITHIN


def _fact_of(row: Any) -> Fact | None:  # noqa: ANN401  # a row of UNPUBLISHED
    """Return the fact; one that cannot be read is told to engineers and keeps no other waiting."""
    try:
        return Fact.from_json(row.fact)
    except (KeyError, TypeError, ValueError):
        log.exception("a fact cannot be read and is dropped", fact=str(row.id), tenant=str(row.tenant_id))
        return None
