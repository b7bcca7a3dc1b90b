"""From an admin's choices to the look that everybody sees."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.branding.types import Finished, Illustrated, PublishInput, PublishResult
    from workflows.branding.contract import ANNOUNCE, BUILD, CHECK, DRAW, PUBLISH, PUBLISH_VERSION


@workflow.defn(name=PUBLISH.name)
class Publish(DurableRun[PublishInput, PublishResult]):
    """Check, draw, build, publish, announce; cancelling brings back what was shown before."""

    contract = PUBLISH

    @workflow.run
    async def run(self, run_input: PublishInput) -> PublishResult:
        """Publish one version."""
        return await self.conduct(run_input)

    async def steps(self, run_input: PublishInput) -> PublishResult:
        """Nobody sees anything of it before all of it is there."""
        publication = run_input.publication
        await self.step(CHECK, publication)
        drawn = await self.step(DRAW, publication)
        sheet = await self.step(BUILD, Illustrated(publication, drawn.renditions))
        await self.step(PUBLISH_VERSION, Finished(publication, drawn.renditions, sheet))
        await self.step(ANNOUNCE, publication)
        return PublishResult("published")
