"""One mail about what a person has not read: gathered, given time to be read in the product, then sent once."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.notifications.types import UNREAD_FOR, MailInput, MailResult
    from workflows.notifications.contract import GATHER, MAIL, SEND, WAIT


@workflow.defn(name=MAIL.name)
class Mail(DurableRun[MailInput, MailResult]):
    """Gather, wait, send what is still unread."""

    contract = MAIL

    @workflow.run
    async def run(self, run_input: MailInput) -> MailResult:
        """Mail one person."""
        return await self.conduct(run_input)

    async def steps(self, run_input: MailInput) -> MailResult:
        """What arrives while it waits goes into the same mail."""
        await self.step(GATHER, run_input)
        if run_input.pace == "unread":
            await self.wait_for(WAIT, lambda: False, timeout=UNREAD_FOR)
        return await self.step(SEND, run_input)
