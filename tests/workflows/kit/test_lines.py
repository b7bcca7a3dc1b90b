"""Of each tenant only so many runs are at work at once; the others wait for their turn and are told their place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from temporalio.service import RPCError, RPCStatusCode

from core.context import HOME_TENANT_ID, Context, Person, TenantFacts
from core.ids import new_id
from core.runs.line import LINES, Lines, withdraw
from core.runs.sweep import QUIET, UNPUBLISHED, UNSTARTED, Sweeper
from core.settings import RUNS_AT_WORK as AT_WORK_OF_ONE
from tests.replay.record import save_history
from tests.workflows.kit.sample import CONTRACTS, FAN, LINE, PATIENT
from tests.workflows.kit.stage import Script, Stage, eventually

if TYPE_CHECKING:
    import asyncpg
    from sqlalchemy import TextClause

    from core.runs.launch import LaunchedRun


@dataclass
class Tenant:
    """A tenant of its own, whose runs do not go on before they are let."""

    stage: Stage
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    at_work: int = 0
    most_at_work: int = 0

    async def launch(self, label: str) -> LaunchedRun:
        self.gates[label] = asyncio.Event()
        return await self.stage.launch(LINE, label, Script({"first": lambda: self._begin(label)}))

    async def launch_many(self, count: int, *, name: str = "") -> list[LaunchedRun]:
        return [await self.launch(f"{name}{self.stage.ctx.tenant_id}-{number}") for number in range(count)]

    async def _begin(self, label: str) -> None:
        self.begun.append(label)
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        await self.gates[label].wait()
        self.at_work -= 1

    def let_go(self, *labels: str) -> None:
        for label in labels or self.gates:
            self.gates[label].set()

    async def begins(self, label: str) -> None:
        await eventually(lambda: label in self.begun)

    async def standing(self, runs: list[LaunchedRun]) -> list[tuple[str, int | None]]:
        found = [await self.stage.snapshot(run) for run in runs]
        return [(each.state, each.place) for each in found]


def tenant(stage: Stage, tenant_id: object = None) -> Tenant:
    facts = TenantFacts(tenant_id or new_id(), "other", "Other")  # type: ignore[arg-type]  # an id
    return Tenant(replace(stage, ctx=Context(facts, Person(new_id(), "Ada", "ada@other.example"), "owner")))


async def is_known(stage: Stage, run: LaunchedRun) -> bool:
    """Whether Temporal has ever heard of the run."""
    try:
        await stage.handle(run).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def test_only_so_many_are_at_work_and_whoever_waits_is_told_the_place(stage: Stage) -> None:
    acme, globex = tenant(stage), tenant(stage)
    runs = await acme.launch_many(AT_WORK_OF_ONE + 3)
    labels = list(acme.gates)
    await eventually(lambda: len(acme.begun) == AT_WORK_OF_ONE)

    waiting = runs[AT_WORK_OF_ONE:]
    assert await acme.standing(waiting) == [("queued", 1), ("queued", 2), ("queued", 3)]
    assert not any([await is_known(stage, run) for run in waiting])

    alone = await globex.launch("alone")
    globex.let_go()
    await globex.stage.result(alone)
    assert await acme.standing(waiting) == [("queued", 1), ("queued", 2), ("queued", 3)]

    acme.let_go(labels[0])
    await acme.begins(labels[AT_WORK_OF_ONE])
    await eventually(lambda: [fact.params["place"] for fact in stage.told(waiting[2])][-1:] == [2])
    assert await acme.standing(waiting[1:]) == [("queued", 1), ("queued", 2)]

    for ended, next_one in zip(labels[1:], labels[AT_WORK_OF_ONE + 1 :], strict=False):
        acme.let_go(ended)
        await acme.begins(next_one)
    acme.let_go()
    for run in runs:
        await acme.stage.until(run, "done")
    assert set(acme.begun[:AT_WORK_OF_ONE]) == set(labels[:AT_WORK_OF_ONE]), "these were at work side by side"
    assert acme.begun[AT_WORK_OF_ONE:] == labels[AT_WORK_OF_ONE:], "the order of asking"
    assert acme.most_at_work == AT_WORK_OF_ONE
    for run in waiting:
        numbers = await acme.stage.numbers(run)
        assert numbers == list(range(1, len(numbers) + 1)), "no event without its number, none twice"


async def test_those_who_ask_at_the_same_moment_are_no_more_at_work(stage: Stage) -> None:
    acme = tenant(stage)
    runs = await asyncio.gather(*(acme.launch(f"{acme.stage.ctx.tenant_id} {number}") for number in range(12)))
    await eventually(lambda: len(acme.begun) == AT_WORK_OF_ONE)
    acme.let_go()
    for run in runs:
        await acme.stage.until(run, "done")
    assert acme.most_at_work <= AT_WORK_OF_ONE


async def test_who_waits_for_somebody_makes_room(stage: Stage) -> None:
    acme = tenant(stage)
    patient = [
        await acme.stage.launch(PATIENT, f"patient {acme.stage.ctx.tenant_id} {number}")
        for number in range(AT_WORK_OF_ONE + 1)
    ]
    for run in patient:
        await acme.stage.until(run, "waiting")
    for run in patient:
        await stage.control.cancel(run.workflow_id)
        await acme.stage.until(run, "cancelled")


async def test_a_run_that_waits_is_cancelled_at_once_and_leaves_nothing(stage: Stage) -> None:
    acme = tenant(stage)
    runs = await acme.launch_many(AT_WORK_OF_ONE + 2)
    unwanted, behind = runs[-2:]
    label = list(acme.gates)[-2]
    async with stage.db.unit_of_work(acme.stage.ctx, "runs") as uow:
        assert await withdraw(uow, unwanted.id, CONTRACTS)

    await acme.stage.until(unwanted, "cancelled")
    assert "undo_first" in stage.scripts[label].calls, "what was done when it was asked for is undone"
    assert "second" not in stage.scripts[label].calls
    await acme.stage.when(behind, lambda found: found.place == 1)
    async with stage.db.unit_of_work(acme.stage.ctx, "runs") as uow:
        assert not await withdraw(uow, unwanted.id, CONTRACTS)
        assert not await withdraw(uow, runs[0].id, CONTRACTS), "it has begun"
    acme.let_go()
    for run in [*runs[:-2], behind]:
        await acme.stage.until(run, "done")
    await save_history(stage.handle(unwanted), LINE.name, "withdrawn")


async def test_a_withdrawal_that_was_not_delivered_is_made_up_for_by_the_sweep(
    stage: Stage, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = tenant(stage)
    runs = await acme.launch_many(AT_WORK_OF_ONE + 1)
    with monkeypatch.context() as patch:
        patch.setattr(type(stage.starter), "committed", _nothing)
        async with stage.db.unit_of_work(acme.stage.ctx, "runs") as uow:
            assert await withdraw(uow, runs[-1].id, CONTRACTS)
    assert (await acme.stage.snapshot(runs[-1])).state == "undoing"
    await age(owner_connection, "changed_at", runs[-1])
    await Sweeper(stage.db, stage.client, stage.facts, CONTRACTS, stage.ring).start_unstarted()
    await acme.stage.until(runs[-1], "cancelled")
    acme.let_go()
    for run in runs[:-1]:
        await acme.stage.until(run, "done")


async def test_a_line_that_nobody_moved_is_moved_by_the_sweep(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = tenant(stage)
    runs = await acme.launch_many(AT_WORK_OF_ONE + 2)
    with monkeypatch.context() as patch:
        patch.setattr(Lines, "committed", _nothing)
        acme.let_go(next(iter(acme.gates)))
        await acme.stage.until(runs[0], "done")
        assert await acme.standing(runs[-2:]) == [("queued", 1), ("queued", 2)]
        await Lines(stage.db, CONTRACTS).move_all(100)
        assert (await acme.stage.snapshot(runs[-1])).place == 1
    acme.let_go()
    for run in runs:
        await acme.stage.until(run, "done")


async def test_a_run_that_is_silent_for_long_keeps_nobody_waiting(
    stage: Stage, owner_connection: asyncpg.Connection
) -> None:
    acme = tenant(stage)
    runs = await acme.launch_many(AT_WORK_OF_ONE + 1)
    await eventually(lambda: len(acme.begun) == AT_WORK_OF_ONE)
    for run in runs[:-1]:
        await acme.stage.until(run, "running")
    await age(owner_connection, "moved_at", runs[0])
    await Lines(stage.db, CONTRACTS).move_all(100)
    await eventually(lambda: len(acme.begun) == AT_WORK_OF_ONE + 1)
    acme.let_go()
    for run in runs:
        await acme.stage.until(run, "done")


async def test_a_setting_says_how_many_and_a_tenant_may_be_given_more_or_less(
    stage: Stage, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme, globex = tenant(stage), tenant(stage)
    monkeypatch.setattr(stage.db, "runs_at_work", AT_WORK_OF_ONE + 1)
    await owner_connection.execute(
        "insert into platform.entitlements values ($1, 'runs.at_work', 1)", acme.stage.ctx.tenant_id
    )
    for one, most in ((acme, 1), (globex, AT_WORK_OF_ONE + 1)):
        runs = await one.launch_many(most + 1)
        assert [state for state, _ in await one.standing(runs[-1:])] == ["queued"]
        await eventually(lambda one=one, most=most: len(one.begun) == most)  # type: ignore[misc]
        one.let_go()
        for run in runs:
            await one.stage.until(run, "done")
        assert one.most_at_work == most


async def test_strangers_in_the_platforms_own_tenant_do_not_wait_for_each_other(stage: Stage) -> None:
    ada, bob = tenant(stage, HOME_TENANT_ID), tenant(stage, HOME_TENANT_ID)
    runs = await ada.launch_many(AT_WORK_OF_ONE + 1, name=f"ada {new_id()}")
    other = await bob.launch(f"bob {new_id()}")
    bob.let_go()
    await bob.stage.until(other, "done")
    assert [state for state, _ in await ada.standing(runs[-1:])] == ["queued"]
    ada.let_go()
    for run in runs:
        await ada.stage.until(run, "done")


async def test_later_steps_go_before_first_ones(stage: Stage) -> None:
    run = await stage.launch(FAN, f"urgent {new_id()}")
    await stage.result(run)
    keys = [
        event.activity_task_scheduled_event_attributes.priority.priority_key
        async for event in stage.handle(run).fetch_history_events()
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert keys[0] == 5
    assert all(key < 5 for key in keys[1:])
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("query", [UNSTARTED, QUIET, LINES, UNPUBLISHED], ids=["started", "asked", "moved", "told"])
async def test_the_sweep_takes_turns_by_tenant(
    stage: Stage, owner_connection: asyncpg.Connection, query: TextClause
) -> None:
    many, few = new_id(), new_id()
    state = "queued" if query is LINES else "launching"
    for number, tenant_id in enumerate([many, many, many, few]):
        await owner_connection.execute(ROW, tenant_id, new_id(), state, number)
        await owner_connection.execute(FACT, tenant_id, new_id(), number)
    try:
        async with stage.db.platform_unit_of_work() as uow:
            rows = (await uow.session.execute(query, {"limit": 2})).all()
        assert [row.tenant_id for row in rows] == [many, few]
    finally:
        await owner_connection.execute("delete from platform.runs where tenant_id = any($1)", [many, few])
        await owner_connection.execute("delete from platform.outbox where tenant_id = any($1)", [many, few])


ROW = """
    insert into platform.runs (tenant_id, id, contract, workflow_id, state, line, title_params, input, actor_id,
        actor_name, subject_kind, subject_id, expected_ms, created_at, changed_at)
    values ($1, $2, 'sample.line', '', $3, 'line ' || cast($2::uuid as text), '{}', '{}', $2, '', '', '', '{}',
        now() - interval '1 year' + make_interval(secs => $4), now() - interval '1 year' + make_interval(secs => $4))
"""
FACT = """
    insert into platform.outbox (tenant_id, id, fact, created_at)
    values ($1, $2, '{}', now() - interval '1 year' + make_interval(secs => $3))
"""


async def age(owner: asyncpg.Connection, column: str, run: LaunchedRun) -> None:
    await owner.execute(
        f"update platform.runs set {column} = now() - interval '1 hour' where id = $1",  # noqa: S608  # a constant
        run.id,
    )


async def _nothing(*_: object) -> None:
    """Stand for a process that died after its commit."""
