"""The base of every workflow: steps with undo, cancel, parking and continue, all told to the run card.

A workflow lists its ``steps``; nothing else of this module needs to be known by its author.
"""

from __future__ import annotations

import asyncio
import itertools
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from core.runs.activity_ids import StepOfActivity
    from core.runs.contract import UNWIND, AnyContract, InputT, RunRef, Step, Undo
    from core.runs.report import RunReport, RunState
    from workflows.kit.ledger import Ledger
    from workflows.kit.reporting import write_down

if TYPE_CHECKING:
    from datetime import datetime

TakesT = TypeVar("TakesT")
GivesT = TypeVar("GivesT")
AT = TypeVar("AT")
BT = TypeVar("BT")
CT = TypeVar("CT")


class HasOutcome(Protocol):
    """A workflow's result: ``outcome`` is one of the contract's outcomes."""

    @property
    def outcome(self) -> str:
        """How it ended."""


ResultT = TypeVar("ResultT", bound=HasOutcome)

HEARTBEAT = timedelta(seconds=10)
"""A worker that was killed is noticed after this long, and its activity tried again elsewhere."""

MOST_URGENT, LEAST_URGENT = 1, 5

PARKED_TOO_LONG = "parked_too_long"


class GivenUpError(Exception):
    """A step has finally failed and nobody continues it: in time, or, of what a schedule started, at all."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DurableRun(Generic[InputT, ResultT]):
    """A workflow in named steps. A step that finally fails parks the run; cancelling undoes what was done."""

    contract: ClassVar[AnyContract]

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._undos: list[tuple[Step[Any, Any], object]] = []
        self._goes: dict[str, int] = {}
        self._stopping = False
        self._past_return = False
        self._outcome: str | None = None
        self._parked_until: datetime | None = None

    @abstractmethod
    async def steps(self, run_input: InputT) -> ResultT:
        """Do the work, step by step."""

    async def conduct(self, run_input: InputT) -> ResultT:
        """Run the steps to their end, or undo them. ``@workflow.run`` of each workflow returns this."""
        if workflow.memo_value(UNWIND, False):  # noqa: FBT003  # its default
            await _shielded(self._unwind(run_input))
            raise ApplicationError("cancelled", type="cancelled", non_retryable=True)
        body = asyncio.create_task(self.steps(run_input))
        try:
            result = await self._until_done_or_cancelled(body)
        except asyncio.CancelledError:
            await _shielded(self._undo_all("cancelled"))
            raise
        except GivenUpError as error:
            await _shielded(self._undo_all("undone"))
            raise ApplicationError(error.code, type=error.code, non_retryable=True) from None
        await _shielded(self._report("done", outcome=result.outcome))
        return result

    async def step(self, step: Step[TakesT, GivesT], argument: TakesT) -> GivesT:
        """Execute one step's activity; returns its result, however often it had to be tried or continued."""
        self._refuse_when_stopping()
        if step.has_undo:
            # Before the step: it may have happened even though it failed.
            self._undos.append((step, argument))
        self._past_return = self._past_return or step.point_of_no_return
        while True:
            self._ledger.begin(step.name)
            try:
                result: GivesT = await self._execute(step, self.contract.feature + "." + step.name, argument)
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise asyncio.CancelledError from error
                self._refuse_when_stopping()
                await self._park(step, _code(error))
                continue
            self._ledger.end(step.name)
            self._refuse_when_stopping()
            return result

    async def together(self, first: Awaitable[AT], second: Awaitable[BT], third: Awaitable[CT]) -> tuple[AT, BT, CT]:
        """Run three steps at the same time; when one is cancelled, all are."""
        tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(step) for step in (first, second, third)]
        try:
            one, two, three = await asyncio.gather(*tasks)
        except (Exception, asyncio.CancelledError):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        return one, two, three

    async def wait_for(
        self,
        step: Step[None, None],
        happened: Callable[[], bool],
        *,
        timeout: timedelta,  # noqa: ASYNC109  # durable, by the server's clock
    ) -> bool:
        """Show that the run waits for somebody or something; returns False if it did not happen in time."""
        self._refuse_when_stopping()
        self._ledger.begin(step.name, "waiting")
        await self._report("waiting")
        try:
            await workflow.wait_condition(happened, timeout=timeout, timeout_summary=step.name)
        except TimeoutError:
            happened_in_time = False
        else:
            happened_in_time = True
        self._ledger.end(step.name)
        await self._report("running")
        return happened_in_time

    @workflow.signal(name="continue")
    def continue_parked(self) -> None:
        """Have every parked step tried again."""
        self._ledger.unpark()

    @workflow.query(name="report")
    def current_report(self) -> RunReport | None:
        """Tell where the run stands; the reconciler mends its row by this. None where nobody launched it as a run."""
        return self._make_report()

    async def _until_done_or_cancelled(self, body: asyncio.Task[ResultT]) -> ResultT:
        while True:
            try:
                return await asyncio.shield(body)
            except asyncio.CancelledError:
                if body.done():
                    raise
                if self._past_return or self.contract.cancel == "never":
                    continue  # the card has no button then; a cancel from elsewhere is passed over
                self._stopping = True
                body.cancel()
                await workflow.wait([body])
                raise

    async def _unwind(self, run_input: InputT) -> None:
        """Undo whatever a workflow of this run that is lost may have done. Undos bear steps that never happened."""
        for step in self.contract.steps:
            if step.has_undo:
                self._ledger.begin(step.name)
                self._undos.append((step, step.argument_from(run_input)))
        await self._undo_all("cancelled")

    async def _undo_all(self, ending: RunState) -> None:
        self._stopping = True
        self._ledger.begin_undoing()
        await self._report("undoing")
        while self._undos:
            step, argument = self._undos.pop()
            await self._undo(step, argument)
        self._ledger.end_undoing()
        await self._report(ending)

    async def _undo(self, step: Step[Any, Any], argument: object) -> None:
        if not isinstance(step.undo, Undo):
            return
        while True:
            self._ledger.begin(step.name, "undoing")
            try:
                await self._execute(step, step.undo.activity, argument, is_undo=True)
            except ActivityError as error:
                await self._park(step, _code(error), for_ever=True)
                continue
            self._ledger.end(step.name, "undone")
            return

    async def _execute(self, step: Step[Any, Any], activity: str, argument: object, *, is_undo: bool = False) -> Any:  # noqa: ANN401  # the step's own type, restored by step()
        go = self._goes.get(activity, 0)
        self._goes[activity] = go + 1
        return await workflow.execute_activity(
            activity,
            argument,
            activity_id=StepOfActivity(step.name, go, is_undo).activity_id(),
            result_type=None if is_undo else step.gives,
            start_to_close_timeout=step.timeout,
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=200),
                maximum_interval=timedelta(seconds=10),
                maximum_attempts=max(step.attempts, step.patience),
            ),
            priority=Priority(priority_key=self._urgency(step, is_undo=is_undo)),
            # Undoing must not begin before the activity has really stopped.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    def _urgency(self, step: Step[Any, Any], *, is_undo: bool) -> int:
        """Return Temporal's priority key, where 1 goes first: what is nearly done is ended before more is begun."""
        if is_undo:
            return MOST_URGENT
        earlier = itertools.takewhile(lambda planned: planned is not step, self.contract.steps)
        return max(MOST_URGENT + 1, LEAST_URGENT - len(list(earlier)))

    async def _park(self, step: Step[Any, Any], failure: str, *, for_ever: bool = False) -> None:
        """Wait, still open and durable, until a person has the step tried again."""
        if self._ref() is None:
            # Nobody sees a card of it. It fails, which engineers are alerted of, and its schedule begins anew.
            raise ApplicationError(failure, type=failure, non_retryable=True) if for_ever else GivenUpError(failure)
        limit = None if for_ever else self.contract.parked_for
        self._ledger.park(step.name, failure)
        await self._report("needs_you", parked_until=workflow.now() + limit if limit else None)
        try:
            await workflow.wait_condition(
                lambda: not self._ledger.is_parked(step.name), timeout=limit, timeout_summary=f"parked: {step.name}"
            )
        except TimeoutError:
            raise GivenUpError(PARKED_TOO_LONG) from None
        if not self._ledger.has_parked():
            await self._report("undoing" if for_ever else "running")

    async def _report(
        self, state: RunState, *, outcome: str | None = None, parked_until: datetime | None = None
    ) -> None:
        """Have the whole state written down. Best effort: the reconciler asks again for what is not written here."""
        self._ledger.state, self._outcome, self._parked_until = state, outcome, parked_until
        if report := self._make_report():
            await write_down(report)

    def _make_report(self) -> RunReport | None:
        ref = self._ref()
        if ref is None:
            return None
        return RunReport(
            tenant_id=ref.tenant_id,
            run_id=ref.run_id,
            state=self._ledger.state,
            steps=self._ledger.steps(),
            outcome=self._outcome,
            parked_until=self._parked_until,
            past_return=self._past_return,
        )

    @staticmethod
    def _ref() -> RunRef | None:
        """None of what a schedule starts: that has no row and no card, engineers see it in Temporal."""
        return RunRef.parse(workflow.info().workflow_id)

    def _refuse_when_stopping(self) -> None:
        if self._stopping:
            raise asyncio.CancelledError


async def _shielded(work: Awaitable[None]) -> None:
    """Finish ``work`` whatever comes: what has been decided (done, undo) is not cancelled half-way."""
    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
    task.result()


def _code(error: ActivityError) -> str:
    cause = error.cause
    return cause.type or "unexpected" if isinstance(cause, ApplicationError) else "timeout"
