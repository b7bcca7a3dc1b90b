"""What every activity of a run gets without code of its own: recorded steps, heartbeats, refusals told by code."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError, TimeoutError as RedisTimeoutError
from sqlalchemy.exc import InterfaceError, OperationalError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, is_cancelled_exception
from temporalio.worker import ActivityInboundInterceptor, Interceptor

from core.errors import DomainError
from core.metrics import STEPS
from core.runs.activity_ids import StepOfActivity
from core.runs.contract import AnyContract, RunRef
from core.runs.effects import UnderWayError
from core.runs.report import RunReport, StepReport, StepState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from temporalio.worker import ExecuteActivityInput

    from core.runs.recorder import Recorder

log = structlog.get_logger()

UNAVAILABLE = "unavailable"
UNEXPECTED = "unexpected"
NOT_FOUND = "not_found"
TIMEOUT = "timeout"
SECONDS_BETWEEN_HEARTBEATS = 1
SECONDS_BEFORE_THE_SERVER = 2
"""How long before Temporal gives up on an attempt the worker does, so that it can say how often that is worth a try."""
DEPENDENCY_DOWN = (
    OSError,
    InterfaceError,
    OperationalError,
    RedisConnectionError,
    RedisTimeoutError,
    asyncio.TimeoutError,
    UnderWayError,
)


class HungError(Exception):
    """An attempt has not ended in the time that its step is given."""


class RecordingInterceptor(Interceptor):
    """Gives every activity of a run a :class:`RecordedActivity`."""

    def __init__(self, recorder: Recorder, contracts: Mapping[str, AnyContract]) -> None:
        self._recorder = recorder
        self._contracts = contracts

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  # its name
        """Wrap the next link of the chain."""
        return RecordedActivity(next, self._recorder, self._contracts)


class RecordedActivity(ActivityInboundInterceptor):
    """Runs one attempt of an activity and reports its start, retry, end or failure."""

    def __init__(
        self,
        next: ActivityInboundInterceptor,  # noqa: A002  # its name
        recorder: Recorder,
        contracts: Mapping[str, AnyContract],
    ) -> None:
        super().__init__(next)
        self._recorder = recorder
        self._contracts = contracts

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401  # the base's signature
        """Run the attempt; of activities that are no step of a run (the kit's own, a schedule's) nothing is told."""
        info = activity.info()
        ref = RunRef.parse(info.workflow_id or "")
        step = StepOfActivity.parse(info.activity_id)
        contract = self._contracts.get(ref.contract) if ref else None
        if ref is None or contract is None or step is None:
            async with _heartbeats():
                return await super().execute_activity(input)
        attempt = _Attempt(self._recorder, contract, ref, step, info.attempt)
        structlog.contextvars.bind_contextvars(tenant=str(ref.tenant_id), run=str(ref.run_id), step=step.name)
        attempt.tell("undoing" if step.is_undo else "running")
        try:
            async with _heartbeats(), _in_time():
                result = await super().execute_activity(input)
        except Exception as error:
            if is_cancelled_exception(error):
                raise
            raise attempt.failed(error) from error
        finally:
            structlog.contextvars.unbind_contextvars("tenant", "run", "step")
        attempt.tell("undone" if step.is_undo else "done")
        return result


class _Attempt:
    """One attempt at one step, and what is told of it."""

    def __init__(
        self, recorder: Recorder, contract: AnyContract, ref: RunRef, step: StepOfActivity, number: int
    ) -> None:
        self._recorder = recorder
        self._contract = contract
        self._ref = ref
        self._step = step
        self._planned = contract.step(step.name)
        self._number = number
        self._started_at = datetime.now(UTC)

    def tell(self, state: StepState, failure: str | None = None) -> None:
        ended_at = datetime.now(UTC) if state in {"done", "undone"} else None
        if ended_at:
            self._count(state)
        past_return = self._planned.point_of_no_return and not self._step.is_undo
        told = "retrying" if state == "running" and self._number > 1 else state
        report = StepReport(self._step.name, told, self._started_at, ended_at, self._number, failure)
        self._recorder.tell(RunReport(self._ref.tenant_id, self._ref.run_id, steps=(report,), past_return=past_return))

    def failed(self, error: Exception) -> ApplicationError:
        """Tell of the failure and return what Temporal is told: a code, and whether to try again."""
        failure, tries = self._judge(error)
        last = self._number >= tries
        self._count("failed" if last else "retried")
        if not last:
            self.tell("undoing" if self._step.is_undo else "retrying", failure)
        expected = isinstance(error, DomainError)
        log.log(
            20 if expected else 40,
            "step failed",
            step=self._step.name,
            attempt=self._number,
            failure=failure,
            last=last,
            exc_info=None if expected else error,
        )
        delay = error.retry_after if isinstance(error, DomainError) else None
        return ApplicationError(
            failure,
            type=failure,
            non_retryable=last,
            next_retry_delay=timedelta(seconds=delay) if delay else None,
            # Logged above, once, with its cause; the SDK need not log it again.
            category=ApplicationErrorCategory.BENIGN,
        )

    def _count(self, end: str) -> None:
        lasted = datetime.now(UTC) - self._started_at
        STEPS.labels(self._contract.name, self._step.name, end).observe(lasted.total_seconds())

    def _judge(self, error: Exception) -> tuple[str, int]:
        if isinstance(error, DomainError):
            return self._judge_refusal(error)
        if isinstance(error, ApplicationError):
            return error.type or UNEXPECTED, 1 if error.non_retryable else self._planned.attempts
        if isinstance(error, FileNotFoundError):
            return NOT_FOUND, 1  # the storage answers, and does not have it: trying again brings nothing back
        if isinstance(error, DEPENDENCY_DOWN):
            return UNAVAILABLE, self._planned.patience
        return TIMEOUT if isinstance(error, HungError) else UNEXPECTED, self._planned.attempts

    def _judge_refusal(self, error: DomainError) -> tuple[str, int]:
        if error.kind != UNAVAILABLE:
            return error.code, 1
        return error.code if error.code in self._contract.failures else UNAVAILABLE, self._planned.patience


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Stop an attempt that hangs, a little before Temporal would: that one only knows to try again, sixty times."""
    limit = activity.info().start_to_close_timeout
    waiting = asyncio.timeout(limit.total_seconds() - SECONDS_BEFORE_THE_SERVER if limit else None)
    try:
        async with waiting:
            yield
    except TimeoutError as error:
        if waiting.expired():
            raise HungError from error
        raise


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Heartbeat while the attempt runs, so that a dead worker is noticed and a cancel arrives within seconds."""
    if activity.info().heartbeat_timeout is None:
        yield
        return
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()


async def _beat() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_HEARTBEATS)
        activity.heartbeat()
