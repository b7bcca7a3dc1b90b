"""How a workflow has its own state written down: the one place of local activities."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from core.runs.report import RECORD_ACTIVITY

if TYPE_CHECKING:
    from core.runs.report import RunReport

ONE_TRY = timedelta(seconds=5)
ALL_TRIES = timedelta(seconds=15)
RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=10)


async def write_down(report: RunReport) -> None:
    """Have the state written into the run's row. Best effort: the sweep asks again for what is not written here."""
    try:
        await workflow.execute_local_activity(
            RECORD_ACTIVITY,
            report,
            start_to_close_timeout=ONE_TRY,
            schedule_to_close_timeout=ALL_TRIES,
            retry_policy=RETRY,
        )
    except FailureError as error:
        # While it happens, the failure of a local activity is wrapped into an ActivityError; replayed from its marker
        # it comes bare, as TimeoutError, ApplicationError or CancelledError. Both must lead to the same commands.
        if is_cancelled_exception(error):
            raise asyncio.CancelledError from error
        workflow.logger.warning("the state of the run is not written down yet")
