"""The platform's sweep: started by a schedule, seen by engineers alone, so it is no run of anybody."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from core.runs.report import Mended
    from workflows.kit.run import HEARTBEAT
    from workflows.runs.contract import SWEEP


@workflow.defn(name=SWEEP)
class Sweep:
    """Mends what crashes left behind and takes away what is over, once."""

    @workflow.run
    async def run(self) -> Mended:
        """Sweep once; the next tick of the schedule comes soon enough to be the retry."""
        mended: Mended = await workflow.execute_activity(
            "runs.sweep_once",
            result_type=Mended,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=HEARTBEAT,  # or a killed worker would keep the schedule waiting for a minute
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return mended
