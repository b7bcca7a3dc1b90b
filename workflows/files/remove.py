"""From the trash to nothing, with time to think again."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.files.types import RemoveInput, RemoveResult
    from workflows.files.contract import ERASE, GRACE, REMOVE, TIME_TO_THINK_AGAIN, TRASH


@workflow.defn(name=REMOVE.name)
class Remove(DurableRun[RemoveInput, RemoveResult]):
    """Put a file out of sight, wait, then erase it; cancelling brings it back."""

    contract = REMOVE

    @workflow.run
    async def run(self, run_input: RemoveInput) -> RemoveResult:
        """Remove one file."""
        return await self.conduct(run_input)

    async def steps(self, run_input: RemoveInput) -> RemoveResult:
        """Trash, wait, erase."""
        await self.step(TRASH, run_input.ref)
        await self.wait_for(GRACE, lambda: False, timeout=TIME_TO_THINK_AGAIN)
        await self.step(ERASE, run_input.ref)
        return RemoveResult(outcome="removed")
