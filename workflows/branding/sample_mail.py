"""A mail to the admin who asked for it."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.branding.types import TestMailInput, TestMailResult
    from workflows.branding.contract import SEND, TEST_MAIL


@workflow.defn(name=TEST_MAIL.name)
class SendTestMail(DurableRun[TestMailInput, TestMailResult]):
    """Send one mail."""

    contract = TEST_MAIL

    @workflow.run
    async def run(self, run_input: TestMailInput) -> TestMailResult:
        """Send it."""
        return await self.conduct(run_input)

    async def steps(self, run_input: TestMailInput) -> TestMailResult:
        """Send."""
        await self.step(SEND, run_input.mail)
        return TestMailResult("sent")
