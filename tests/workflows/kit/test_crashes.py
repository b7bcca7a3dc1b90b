"""What dies, disappears or was never reached only delays a run; the sweep finds what was left."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.runs.sweeping import SweepActivities
from core.context import HOME_TENANT_ID, Person
from core.db import Database
from core.identity import Sessions
from core.ids import new_id
from core.live.fact import EVERYONE
from core.runs.report import Mended
from core.runs.sweep import Sweeper
from tests.replay.record import save_history
from tests.workflows.kit.sample import CONTRACTS, LINE, PATIENT
from tests.workflows.kit.stage import Facts, Script, Stage, outbox_of, without_worker
from workflows.runs.contract import SWEEP
from workflows.runs.sweep import Sweep

if TYPE_CHECKING:
    import asyncpg
    from temporalio.client import Client

    from core.runs.launch import LaunchedRun
    from core.runs.report import RunReport
    from core.settings import Settings

AGE_RUN = "update platform.runs set changed_at = now() - interval '10 minutes' where id = $1"
AGE_OUTBOX = "update platform.outbox set created_at = now() - interval '10 minutes' where tenant_id = $1"


# --- the database is away ---------------------------------------------------------------------------------------------


async def test_a_database_that_is_away_while_steps_run_is_caught_up_with(stage: Stage, settings: Settings) -> None:
    away = await Database.connect(settings.model_copy(update={"database_url": "postgresql://adx_app:x@127.0.0.1:1/no"}))
    there = stage.recorder._db

    async def leave() -> None:
        stage.recorder._db = away

    async def come_back() -> None:
        stage.recorder._db = there

    run = await stage.launch(LINE, "away", Script({"second": leave, "tell": come_back}))
    try:
        await stage.result(run)
    finally:
        stage.recorder._db = there
    card = await stage.card(run)
    assert card.state == "done"
    assert {step.state for step in card.steps} == {"done"}
    numbers = await stage.numbers(run)
    assert numbers == list(range(1, len(numbers) + 1))


# --- the sweep --------------------------------------------------------------------------------------------------------


def sweeper_of(stage: Stage, transport: Facts | None = None) -> Sweeper:
    return Sweeper(stage.db, stage.client, transport or stage.facts, CONTRACTS, stage.ring)


async def test_a_run_that_nobody_started_is_started(
    stage: Stage, settings: Settings, temporal_client: Client, owner_connection: asyncpg.Connection
) -> None:
    async with without_worker(settings, temporal_client, stage.ctx, starts=False) as crashed:
        run = await crashed.launch(LINE, "unstarted")
    stage.scripts["unstarted"] = Script()
    assert (await stage.snapshot(run)).state == "launching"
    await owner_connection.execute(AGE_RUN, run.id)
    assert await sweeper_of(stage).start_unstarted() >= 1
    await stage.result(run)
    assert (await stage.snapshot(run)).state == "done"


async def test_one_run_that_cannot_be_started_does_not_keep_back_the_others(
    stage: Stage, settings: Settings, temporal_client: Client, owner_connection: asyncpg.Connection
) -> None:
    async with without_worker(settings, temporal_client, stage.ctx, starts=False) as crashed:
        bad, good = await crashed.launch(LINE, "bad"), await crashed.launch(LINE, "good")
    stage.scripts["good"] = Script()
    await owner_connection.execute("update platform.runs set input = '{}' where id = $1", bad.id)
    for run in (bad, good):
        await owner_connection.execute(AGE_RUN, run.id)
    await sweeper_of(stage).start_unstarted()
    await stage.result(good)
    await owner_connection.execute("delete from platform.runs where id = $1", bad.id)


async def test_facts_that_were_not_published_are_published_once(
    stage: Stage, owner_connection: asyncpg.Connection
) -> None:
    facts = Facts()
    stage.facts.down = True
    try:
        run = await stage.launch(LINE, "unpublished")
        await stage.result(run)
        await asyncio.sleep(0.2)
    finally:
        stage.facts.down = False
    waiting = await outbox_of(stage, run)
    assert waiting == (await stage.snapshot(run)).seq
    await owner_connection.execute(AGE_OUTBOX, stage.ctx.tenant_id)
    await sweeper_of(stage, facts).publish_unpublished()
    mine = [fact for fact in facts.published if fact.key == str(run.id)]
    assert [fact.params["seq"] for fact in mine] == list(range(1, waiting + 1))
    assert await outbox_of(stage, run) == 0


async def test_facts_of_a_transaction_that_failed_are_never_told(stage: Stage) -> None:
    class AbortedError(Exception):
        pass

    with pytest.raises(AbortedError):
        await _publish_and_fail(stage, AbortedError())
    await asyncio.sleep(0.1)
    assert [fact for fact in stage.facts.published if fact.key == "aborted"] == []


async def _publish_and_fail(stage: Stage, error: Exception) -> None:
    async with stage.db.unit_of_work(stage.ctx, "files") as uow:
        uow.publish("files", "aborted", audience=EVERYONE)
        raise error


async def rewind(owner: asyncpg.Connection, run: LaunchedRun, state: str) -> None:
    """Make the row what it would be if the events since then had been lost."""
    await owner.execute(
        "update platform.runs set state = $2, ended_at = null, outcome = null, "
        "changed_at = now() - interval '10 minutes' where id = $1",
        *(run.id, state),
    )
    await owner.execute("delete from platform.run_steps where run_id = $1 and name <> 'first'", run.id)


async def test_a_row_that_missed_the_end_is_reconciled(stage: Stage, owner_connection: asyncpg.Connection) -> None:
    run = await stage.launch(LINE, "missed")
    await stage.result(run)
    seq = (await stage.snapshot(run)).seq
    await rewind(owner_connection, run, "running")
    await sweeper_of(stage).reconcile()
    card = await stage.card(run)
    assert (card.state, card.seq) == ("done", seq + 1)
    assert card.outcome is not None, "the outcome is learnt from the workflow's result"
    assert {step.state for step in card.steps} == {"done"}


async def test_a_row_that_missed_a_state_is_reconciled(stage: Stage, owner_connection: asyncpg.Connection) -> None:
    run = await stage.launch(PATIENT, "missed wait")
    await stage.until(run, "waiting")
    await rewind(owner_connection, run, "running")
    await sweeper_of(stage).reconcile()
    assert (await stage.snapshot(run)).state == "waiting"
    await stage.control.cancel(run.workflow_id)
    await stage.until(run, "cancelled")


@pytest.mark.parametrize("ended", [False, True])
async def test_the_row_of_a_workflow_that_does_not_answer_stays_as_it_is(
    stage: Stage, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, *, ended: bool
) -> None:
    run = await stage.launch(PATIENT, f"silent {ended}")
    await stage.until(run, "waiting")
    if ended:
        await stage.handle(run).signal("answer")
        await stage.result(run)
        await rewind(owner_connection, run, "running")
    before = await stage.snapshot(run)
    await owner_connection.execute(AGE_RUN, run.id)

    async def silence(*_: object, **__: object) -> None:
        raise RPCError("no worker", RPCStatusCode.DEADLINE_EXCEEDED, b"")

    with monkeypatch.context() as patch:
        patch.setattr(WorkflowHandle, "query", silence)
        await sweeper_of(stage).reconcile()
        assert await stage.snapshot(run) == before
        if ended:
            patch.setattr("core.runs.sweep.TOLD_WITHIN", timedelta(0))
            await owner_connection.execute(AGE_RUN, run.id)
            await sweeper_of(stage).reconcile()
            assert (await stage.snapshot(run)).state == "done"
    if not ended:
        await stage.control.cancel(run.workflow_id)
        await stage.until(run, "cancelled")


async def test_what_cannot_be_published_keeps_no_run_from_being_mended(
    stage: Stage, owner_connection: asyncpg.Connection
) -> None:
    stage.facts.down = True
    try:
        run = await stage.launch(LINE, "unpublished and missed")
        await stage.result(run)
        await rewind(owner_connection, run, "running")
        await owner_connection.execute(AGE_OUTBOX, stage.ctx.tenant_id)
        with pytest.raises(ConnectionError):
            await sweeper_of(stage, stage.facts).sweep()
    finally:
        stage.facts.down = False
    assert (await stage.snapshot(run)).state == "done"


async def test_workflows_that_do_not_answer_are_waited_for_side_by_side(
    stage: Stage, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [await stage.launch(PATIENT, f"mute {number}") for number in range(3)]
    for run in runs:
        await stage.until(run, "waiting")
        await owner_connection.execute(AGE_RUN, run.id)
    all_are_asked = asyncio.Barrier(len(runs))
    ask = Sweeper._truth

    async def ask_together(sweeper: Sweeper, row: Any) -> RunReport | None:
        if row.id in {run.id for run in runs}:
            await all_are_asked.wait()
        return await ask(sweeper, row)

    monkeypatch.setattr(Sweeper, "_truth", ask_together)
    await sweeper_of(stage).reconcile()
    for run in runs:
        assert (await stage.snapshot(run)).state == "waiting"
        await stage.control.cancel(run.workflow_id)
        await stage.until(run, "cancelled")


async def test_a_sweep_with_nothing_to_do_changes_nothing(stage: Stage) -> None:
    run = await stage.launch(LINE, "quiet")
    await stage.result(run)
    before = await stage.snapshot(run)
    await sweeper_of(stage).sweep()
    assert await stage.snapshot(run) == before


async def test_the_sweep_takes_away_sessions_that_are_over(stage: Stage, owner_connection: asyncpg.Connection) -> None:
    person = Person(new_id(), "Ada", "ada@example.com")
    await Sessions(stage.db).open(
        tenant_id=HOME_TENANT_ID, person=person, level="full", user_agent="Firefox", address="192.0.2.1"
    )
    await owner_connection.execute("update platform.sessions set expires_at = now() where user_id = $1", person.id)

    assert (await sweeper_of(stage).sweep()).forgotten >= 1

    assert not await owner_connection.fetchval("select count(*) from platform.sessions where user_id = $1", person.id)


async def test_the_sweep_is_a_workflow_of_its_own(stage: Stage) -> None:
    worker = Worker(
        stage.client,
        task_queue="sweeping",
        workflows=[Sweep],
        activities=[SweepActivities(sweeper_of(stage)).sweep_once],
    )
    async with worker:
        handle = await stage.client.start_workflow(Sweep.run, id=f"sweep-{new_id()}", task_queue="sweeping")
        assert isinstance(await handle.result(), Mended)
    await save_history(handle, SWEEP, "done")


async def count_of(stage: Stage, query: str, **params: Any) -> int:
    async with stage.db.unit_of_work(stage.ctx, "runs") as uow:
        return int((await uow.session.execute(text(query), params)).scalar_one())


async def test_the_same_key_is_the_same_run_even_after_its_end(stage: Stage) -> None:
    first = await stage.launch(LINE, "same")
    again = await stage.launch(LINE, "same", stage.scripts["same"])
    await stage.result(first)
    late = await stage.launch(LINE, "same", stage.scripts["same"])
    await asyncio.sleep(0.3)
    assert first == again == late
    assert stage.scripts["same"].calls == ["first", "second", "look", "third", "ship", "tell"]
    assert await count_of(stage, "select count(*) from platform.runs where id = :id", id=first.id) == 1
    assert (await stage.snapshot(first)).state == "done"
