"""The anchoring of audit chains: started by a schedule, seen by engineers alone, so it is no run of anybody."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from core.anchors.rounds import Anchored
    from workflows.kit.run import HEARTBEAT
    from workflows.runs.contract import ANCHOR


@workflow.defn(name=ANCHOR)
class Anchor:
    """Keeps the heads of audit chains outside, once."""

    @workflow.run
    async def run(self) -> Anchored:
        """Anchor what moved; the next tick of the schedule comes soon enough to be the retry."""
        anchored: Anchored = await workflow.execute_activity(
            "runs.anchor_heads",
            result_type=Anchored,
            start_to_close_timeout=timedelta(minutes=5),  # a process that starts reads up to a thousand checkpoints
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return anchored
