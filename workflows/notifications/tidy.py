"""The regular sweep: what was read long ago is taken away."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.notifications.types import TidyNoticesInput, TidyNoticesResult
    from workflows.notifications.contract import SWEEP_OLD, TIDY


@workflow.defn(name=TIDY.name)
class TidyNotices(DurableRun[TidyNoticesInput, TidyNoticesResult]):
    """Remove old notifications."""

    contract = TIDY

    @workflow.run
    async def run(self, run_input: TidyNoticesInput) -> TidyNoticesResult:
        """Tidy the notifications of all tenants."""
        return await self.conduct(run_input)

    async def steps(self, run_input: TidyNoticesInput) -> TidyNoticesResult:
        """One step."""
        return TidyNoticesResult(outcome="tidied", swept=await self.step(SWEEP_OLD, run_input))
