"""Many texts changed at once: from a file, by replacing a word, or by taking such a change back."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.translations.types import BatchInput, BatchResult
    from workflows.translations.contract import ANNOUNCE, APPLY, CHECK, IMPORT, READ, REPLACE, TAKE_BACK


class _Batch(DurableRun[BatchInput, BatchResult]):
    """Read, check each, apply what can be shown, announce; cancelling restores what was before."""

    async def steps(self, run_input: BatchInput) -> BatchResult:
        """Change the texts."""
        await self.step(READ, run_input.ref)
        checked = await self.step(CHECK, run_input.ref)
        await self.step(APPLY, run_input.ref)
        await self.step(ANNOUNCE, run_input.ref)
        return BatchResult(outcome=checked.outcome)


@workflow.defn(name=IMPORT.name)
class Import(_Batch):
    """Bring in the texts of a file."""

    contract = IMPORT

    @workflow.run
    async def run(self, run_input: BatchInput) -> BatchResult:
        """Import one file."""
        return await self.conduct(run_input)


@workflow.defn(name=REPLACE.name)
class Replace(_Batch):
    """Put one word in the place of another."""

    contract = REPLACE

    @workflow.run
    async def run(self, run_input: BatchInput) -> BatchResult:
        """Replace a word in the chosen texts."""
        return await self.conduct(run_input)


@workflow.defn(name=TAKE_BACK.name)
class TakeBack(_Batch):
    """Have the texts of an earlier batch read as before it."""

    contract = TAKE_BACK

    @workflow.run
    async def run(self, run_input: BatchInput) -> BatchResult:
        """Take back one batch."""
        return await self.conduct(run_input)
