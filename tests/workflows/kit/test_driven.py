"""Paths that every workflow has by its kit, walked by each of them: lost reports, and being unwound from its input.

A report that times out, fails or is cancelled is only late: the run goes on, and its history goes on replaying. Every
contract is driven with stand-ins for its activities, so that a new one needs no code here.
"""

from __future__ import annotations

import asyncio
import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence  # Temporal reads the annotations
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from core.ids import new_id
from core.runs.contract import UNWIND, workflow_id
from core.runs.report import RECORD_ACTIVITY
from tests.replay.record import save_history
from tests.replay.test_replay import ALL_CLASSES, ALL_CONTRACTS, LOST_REPORTS, UNWOUND, can_be_unwound
from workflows.kit import reporting
from workflows.kit.run import DurableRun

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle, WorkflowHistory

    from core.runs.contract import AnyContract

A_MOMENT = timedelta(milliseconds=20)
HANGS = timedelta(seconds=0.2)
TASK = timedelta(seconds=1)
"""A cancel reaches a workflow whose local activity runs when four fifths of the time of its task are over."""


@dataclass
class Drive:
    """What becomes of the reports of one run, and whether it has come to its first one."""

    contract: AnyContract
    fate: str
    reports: asyncio.Event = field(default_factory=asyncio.Event)
    has_failed: bool = False
    undone: list[str] = field(default_factory=list)

    @property
    def can_be_cancelled(self) -> bool:
        return self.contract.cancel == "undo" and not self.contract.steps[0].point_of_no_return

    async def record(self) -> None:
        first = not self.reports.is_set()
        self.reports.set()
        if self.fate == "report-failed":
            raise ConnectionError("no database")
        if self.fate == "report-timed-out" or (self.fate == "report-cancelled" and first):
            await asyncio.Event().wait()

    def step(self, activity_type: str) -> Any:  # a value of any step
        if not self.has_failed:
            self.has_failed = True
            raise ApplicationError("boom", type="boom", non_retryable=True)
        name = activity_type.partition(".")[2]
        if any(step.has_undo and step.undo.activity == activity_type for step in self.contract.steps):  # type: ignore[union-attr]  # it has one
            self.undone.append(activity_type)
        return next((a_value(step.gives) for step in self.contract.steps if step.name == name), None)


def a_value(kind: Any) -> Any:  # of any type that a contract names
    """Return a value of the type, as plain as there is."""
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return None if type(None) in get_args(kind) else a_value(get_args(kind)[0])
    if origin is Literal:
        return get_args(kind)[0]
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{part.name: a_value(hints[part.name]) for part in dataclasses.fields(kind)})  # type: ignore[operator]  # a class
    made: Mapping[Any, Callable[[], Any]] = {
        UUID: lambda: UUID(int=7),
        datetime: lambda: datetime(2026, 1, 1, tzinfo=UTC),
        type(None): lambda: None,
        bool: lambda: True,
        Mapping: dict,
        Sequence: tuple,
    }
    return made.get(origin or kind, origin or kind)()


async def wait_for_a_moment(self: Any, step: Any, happened: Callable[[], bool], *, timeout: timedelta) -> bool:  # noqa: ASYNC109
    return await WAIT_FOR(self, step, happened, timeout=min(timeout, A_MOMENT))


WAIT_FOR = DurableRun.wait_for


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DurableRun, "wait_for", wait_for_a_moment)
    monkeypatch.setattr(
        reporting, "RETRY", RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=10)
    )


@pytest.mark.usefixtures("_impatient")
@pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")  # the SDK's word when an end and a cancel meet
@pytest.mark.parametrize("fate", sorted(LOST_REPORTS))
async def test_a_run_whose_reports_are_lost_ends_and_replays(
    temporal_client: Client, monkeypatch: pytest.MonkeyPatch, fate: str
) -> None:
    monkeypatch.setattr(reporting, "ALL_TRIES", HANGS if fate == "report-timed-out" else 2 * TASK)
    drives = {workflow_id(new_id(), name, new_id()): Drive(contract, fate) for name, contract in ALL_CONTRACTS.items()}
    histories = await driven(temporal_client, drives)
    assert await unreplayable(temporal_client, histories) == {}


async def test_a_run_that_is_unwound_undoes_every_step_that_can_be_undone(temporal_client: Client) -> None:
    drives = {
        workflow_id(new_id(), name, new_id()): Drive(contract, UNWOUND, has_failed=True)
        for name, contract in ALL_CONTRACTS.items()
        if can_be_unwound(contract)
    }
    histories = await driven(temporal_client, drives)
    assert await unreplayable(temporal_client, histories) == {}
    for drive in drives.values():
        assert drive.undone == [step.undo.activity for step in reversed(drive.contract.steps) if step.has_undo]


async def driven(client: Client, drives: Mapping[str, Drive]) -> dict[str, WorkflowHistory]:
    """Run all to their ends, side by side; returns the history of each contract, and stores it when recording."""
    queue = f"driven-{new_id()}"

    @activity.defn(dynamic=True)
    async def stand_in(_: Sequence[RawValue]) -> Any:  # any step's
        info = activity.info()
        drive = drives[info.workflow_id or ""]
        return await drive.record() if info.activity_type == RECORD_ACTIVITY else drive.step(info.activity_type)

    async with Worker(
        client,
        task_queue=queue,
        workflows=list(ALL_CLASSES.values()),
        activities=[stand_in],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(seconds=1),
    ):
        handles = await asyncio.gather(*(drive_run(client, queue, *item) for item in drives.items()))
    for handle, drive in zip(handles, drives.values(), strict=True):
        await save_history(handle, drive.contract.name, drive.fate)
    return {
        drive.contract.name: await handle.fetch_history()
        for handle, drive in zip(handles, drives.values(), strict=True)
    }


async def unreplayable(client: Client, histories: Mapping[str, WorkflowHistory]) -> dict[str, Exception]:
    """Replay each; returns what could not be followed."""
    replayer = Replayer(
        workflows=list(ALL_CLASSES.values()),
        data_converter=client.data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    results = {
        name: await replayer.replay_workflow(history, raise_on_replay_failure=False)
        for name, history in histories.items()
    }
    return {name: result.replay_failure for name, result in results.items() if result.replay_failure}


async def drive_run(client: Client, queue: str, name: str, drive: Drive) -> WorkflowHandle[Any, Any]:
    run_input = dataclasses.replace(a_value(drive.contract.input), tenant_id=UUID(name.partition("/")[0]))
    handle = await client.start_workflow(
        drive.contract.name,
        run_input,
        id=name,
        task_queue=queue,
        task_timeout=TASK if drive.fate == "report-cancelled" else None,
        memo={UNWIND: True} if drive.fate == UNWOUND else None,
    )
    async with asyncio.timeout(30):
        if drive.fate == UNWOUND:
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            return handle
        await drive.reports.wait()
        wants_cancel = drive.fate != "report-timed-out"
        if wants_cancel:
            await handle.cancel()
        if not (wants_cancel and drive.can_be_cancelled):
            await handle.signal("continue")
        if wants_cancel and drive.can_be_cancelled:
            with pytest.raises(WorkflowFailureError):
                await handle.result()
        else:
            await handle.result()
    return handle
