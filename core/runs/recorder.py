"""Writing down what runs do: the one writer of run rows, fed by workers, emptied in small batches.

A change is queued by the worker's interceptor and written within milliseconds; the workflow never waits for it. What
is lost when a process dies is restored from the workflow's own report (the next one, or the sweep's).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import TypeAdapter
from sqlalchemy import text

from core.live.fact import user_or_holders
from core.metrics import RUNS
from core.runs.notices import tell_actor
from core.runs.permissions import MANAGE_ALL
from core.runs.queries import RUN_COLUMNS, STEP_COLUMNS
from core.runs.report import AT_WORK, ENDED, WHOLE_RUN, RunReport, StepReport

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from core.db import Database, UnitOfWork
    from core.db.unit_of_work import Outcome
    from core.runs.contract import AnyContract

log = structlog.get_logger()

STEPS = TypeAdapter(list[StepReport])
SAMPLES_KEPT = 20
SECONDS_TO_GATHER = 0.02
"""How long an event waits for company: steps often end and begin within it, and one transaction then serves both."""

LOCK = "select state from platform.runs where tenant_id = $1 and id = $2 for update"
# One statement: it raises the run's event number, writes the changed steps and returns the whole as JSON. The row is
# locked before, by a statement of its own, so that this one sees every step that an earlier event wrote.
APPLY = f"""
    with changed as (
        insert into platform.run_steps (tenant_id, run_id, name, state, attempt, failure, started_at, ended_at)
        select $1, $2, c.name, c.state, c.attempt, c.failure, c.started_at, c.ended_at
        from jsonb_to_recordset(cast($3 as jsonb)) as c(name text, state text, attempt integer, failure text,
            started_at timestamptz, ended_at timestamptz)
        on conflict (tenant_id, run_id, name) do update set state = excluded.state,
            attempt = greatest(platform.run_steps.attempt, excluded.attempt), failure = excluded.failure,
            started_at = least(platform.run_steps.started_at, excluded.started_at), ended_at = excluded.ended_at
        -- A workflow hears of an activity's end later than the worker that ran it: its "running" says nothing new.
        where cast($4 as text) is null or excluded.state <> 'running'
            or platform.run_steps.state not in ('done', 'retrying')
        returning {STEP_COLUMNS}
    ), everything as (
        select {STEP_COLUMNS} from changed
        union all
        select {STEP_COLUMNS} from platform.run_steps
        where tenant_id = $1 and run_id = $2 and name not in (select name from changed)
    ), run as (
        update platform.runs set
            seq = seq + 1,
            state = case
                when cast($4 as text) is not null then $4
                when state in ('queued', 'launching', 'waiting') then 'running'
                else state end,
            place = null,
            outcome = coalesce($5, outcome),
            past_return = past_return or $6,
            parked_until = case when cast($4 as text) is null then parked_until else $7 end,
            -- Of what ended from outside nobody has settled the rows yet: launched again, it needs its input.
            input = case when $8 and $4 <> 'failed' then null else input end,
            changed_at = now(),
            moved_at = now(),
            ended_at = case when $8 then coalesce(ended_at, now()) else ended_at end
        where tenant_id = $1 and id = $2
        returning {RUN_COLUMNS}, size_class, line
    )
    select (to_jsonb(run) || jsonb_build_object('steps',
        coalesce((select jsonb_agg(to_jsonb(e) order by e.started_at, e.name) from everything e), '[]'::jsonb)))
    from run
"""  # noqa: S608  # made of the column lists of queries.py
LEARN = text(f"""
    insert into platform.step_durations (contract, step, size_class, samples)
    values (:contract, :step, :size_class, array[cast(:ms as integer)])
    on conflict (contract, step, size_class) do update
    set samples = (excluded.samples || platform.step_durations.samples)[1:{SAMPLES_KEPT}]
""")  # noqa: S608  # a constant


class Recorder:
    """Queues reports and writes them, one transaction and one event number for all that is queued of a run."""

    def __init__(self, db: Database, contracts: Mapping[str, AnyContract]) -> None:
        self._db = db
        self._contracts = contracts
        self._queue: list[RunReport] = []
        self._told = asyncio.Event()
        # Held from taking reports off the queue until they are written, so that none overtakes another.
        self._lock = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self._stopping = False
        self._learning: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to write what is queued."""
        self._writer = asyncio.create_task(self._write_for_ever(), name="run-recorder")

    async def stop(self) -> None:
        """Write what is left, then stop."""
        self._stopping = True  # Python 3.11 can lose a cancel that meets the end of what is waited for
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        await self.flush()

    def tell(self, report: RunReport) -> None:
        """Queue a report; never waits, never fails."""
        self._queue.append(report)
        self._told.set()

    async def record(self, report: RunReport) -> None:
        """Write a report, after all that was queued before it. Raises when the database cannot be reached."""
        async with self._lock:
            failed = await self._write([*self._take(), report])
        if error := failed.get((report.tenant_id, report.run_id)):
            raise error

    async def flush(self) -> None:
        """Write all that is queued."""
        async with self._lock:
            await self._write(self._take())
        await asyncio.gather(*self._learning, return_exceptions=True)

    async def _write_for_ever(self) -> None:
        while not self._stopping:
            await self._told.wait()
            await asyncio.sleep(SECONDS_TO_GATHER)
            async with self._lock:
                await self._write(self._take())

    def _take(self) -> list[RunReport]:
        batch, self._queue = self._queue, []
        self._told.clear()
        return batch

    async def _write(self, batch: Sequence[RunReport]) -> dict[tuple[UUID, UUID], Exception]:
        """Write the reports of each run by themselves, so that one costs no other its own; returns what failed."""
        by_run: dict[tuple[UUID, UUID], list[RunReport]] = defaultdict(list)
        for report in batch:
            by_run[report.tenant_id, report.run_id].append(report)
        failed: dict[tuple[UUID, UUID], Exception] = {}
        for (tenant_id, run_id), reports in by_run.items():
            try:
                await self._write_run(tenant_id, run_id, _merge(reports))
            except Exception as error:  # noqa: BLE001  # a hint, not the truth: the workflow's next report carries it again
                failed[tenant_id, run_id] = error
                await log.awarning("run events not written", run=str(run_id), count=len(reports), exc_info=True)
        return failed

    async def _write_run(self, tenant_id: UUID, run_id: UUID, report: RunReport) -> None:
        # Nobody waits for the disk: what a crash of the database takes back, the sweep restores from the workflow.
        async with self._db.unit_of_work(tenant_id, "runs", durable=False) as uow:
            ended = await apply_report(uow, run_id, report, self._contracts)
        if ended:
            learning = asyncio.create_task(self._learn(tenant_id, ended), name="run-durations")
            self._learning.add(learning)
            learning.add_done_callback(self._learning.discard)

    async def _learn(self, tenant_id: UUID, run: dict[str, Any]) -> None:
        """Add the durations of a finished run to what time left is learnt from, outside of the run's transaction."""
        steps = STEPS.validate_python(run["steps"])
        lasted = {
            step.name: step.ended_at - step.started_at for step in steps if step.ended_at and step.state == "done"
        }
        if lasted:
            lasted[WHOLE_RUN] = max(step.ended_at for step in steps if step.ended_at) - min(
                step.started_at for step in steps
            )
        samples = [
            {
                "contract": run["contract"],
                "step": name,
                "size_class": run["size_class"],
                "ms": round(lasted[name].total_seconds() * 1000),
            }
            for name in sorted(lasted)  # in one order, so that two runs never wait for each other's rows
        ]
        if not samples:
            return
        try:
            async with self._db.unit_of_work(tenant_id, "runs", durable=False) as uow:
                await uow.session.execute(LEARN, samples)
        except Exception:  # noqa: BLE001  # one sample more or less; the run itself is written
            await log.awarning("durations not learnt", contract=run["contract"], exc_info=True)


async def apply_report(
    uow: UnitOfWork, run_id: UUID, report: RunReport, contracts: Mapping[str, AnyContract]
) -> dict[str, Any] | None:
    """Write one report into the run's row and publish it; returns the run if this ended it as done, else None.

    Whoever started the run is told when it ended or needs them; ``contracts`` know the words.

    A run that has ended stays as it is. One that is no longer at work makes room for the next of its line.
    """
    driver = await uow.driver()
    before = await driver.fetchval(LOCK, uow.tenant_id, run_id)
    if before is None or before in ENDED:
        return None
    ended = report.state in ENDED
    steps = STEPS.dump_json(list(report.steps)).decode()
    run: dict[str, Any] = await driver.fetchval(
        *(APPLY, uow.tenant_id, run_id, steps, report.state, report.outcome),
        *(report.past_return, report.parked_until, ended),
    )
    size_class, line = run.pop("size_class"), run.pop("line")
    if before in AT_WORK and run["state"] not in AT_WORK and line:
        uow.lines.add(line)
    if ended or report.state in {"needs_you", "stuck"}:
        RUNS.labels(run["contract"], report.state).inc()
    # Event numbers are part of the fact, so that a page can tell a double from a gap.
    uow.publish("run", str(run_id), audience=user_or_holders(run["actor_id"], MANAGE_ALL), **run)
    await tell_actor(uow, before, run, contracts)
    if ended or before in {"queued", "launching"}:
        uow.actor_id = run["actor_id"]
        verb = report.state if ended else "started"
        came: Outcome = "failed" if verb == "failed" else "ok"
        await uow.audit(f"run.{verb}", f"run:{run_id}", outcome=came, contract=run["contract"], ended=run["outcome"])
    return {**run, "size_class": size_class} if report.state == "done" else None


def _merge(reports: Sequence[RunReport]) -> RunReport:
    """Fold reports of one run, oldest first, into one: the last word of each step and of the run counts.

    Only the "running" of a workflow's own report is old news where the worker has told of the end already.
    """
    steps: dict[str, StepReport] = {}
    state, outcome, parked_until, past_return = None, None, None, False
    for report in reports:
        for step in report.steps:
            earlier = steps.get(step.name)
            if earlier and report.state and step.state == "running" and earlier.state in {"done", "retrying"}:
                continue
            started_at = min(earlier.started_at, step.started_at) if earlier else step.started_at
            steps[step.name] = StepReport(
                step.name,
                step.state,
                started_at,
                step.ended_at,
                max(step.attempt, earlier.attempt if earlier else 1),
                step.failure,
            )
        state = report.state or state
        outcome = report.outcome or outcome
        parked_until = report.parked_until or parked_until
        past_return = past_return or report.past_return
    last = reports[-1]
    return RunReport(last.tenant_id, last.run_id, state, tuple(steps.values()), outcome, parked_until, past_return)
