"""The regular sweep: what crashes and lost connections leave behind is taken away."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.files.types import Swept, TidyInput, TidyResult
    from workflows.files.contract import SWEEP_OBJECTS, SWEEP_UPLOADS, TIDY


@workflow.defn(name=TIDY.name)
class Tidy(DurableRun[TidyInput, TidyResult]):
    """Remove stale uploads, then objects that no row knows."""

    contract = TIDY

    @workflow.run
    async def run(self, run_input: TidyInput) -> TidyResult:
        """Tidy the files of all tenants."""
        return await self.conduct(run_input)

    async def steps(self, run_input: TidyInput) -> TidyResult:
        """Rows first: their objects are orphans afterwards."""
        uploads = await self.step(SWEEP_UPLOADS, run_input)
        objects = await self.step(SWEEP_OBJECTS, run_input) if run_input.objects else Swept()
        return TidyResult(outcome="tidied", swept=Swept(uploads.uploads, uploads.objects + objects.objects))
