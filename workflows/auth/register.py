"""Registration: an account that opens when its address is confirmed, and goes when it is not."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.auth.types import (
        LINK_LIFETIME,
        MOST_RESENDS,
        REMIND_AFTER,
        AccountRef,
        LinkMail,
        NewAccount,
        RegisterInput,
        RegisterResult,
    )
    from workflows.auth.contract import ACTIVATE, CLICK, CREATE, EXPIRE, REGISTER, REMIND, SEND_LINK

NO_TIME = timedelta()


@workflow.defn(name=REGISTER.name)
class Register(DurableRun[RegisterInput, RegisterResult]):
    """Create the account, mail the link, wait for the click (with one reminder), then open or remove the account."""

    contract = REGISTER

    def __init__(self) -> None:
        super().__init__()
        self._confirmed = False
        self._resends_wanted = 0
        self._mails = 0
        self._reminded = False

    @workflow.run
    async def run(self, run_input: RegisterInput) -> RegisterResult:
        """Register one person."""
        return await self.conduct(run_input)

    @workflow.signal
    def confirm(self) -> None:
        """The person has clicked."""
        self._confirmed = True

    @workflow.signal
    def resend(self) -> None:
        """The person asks for the mail again; asking too often is passed over."""
        self._resends_wanted = min(self._resends_wanted + 1, MOST_RESENDS)

    async def steps(self, run_input: RegisterInput) -> RegisterResult:
        """Register."""
        account = AccountRef(run_input.actor_id)
        await self.step(CREATE, NewAccount(account.account_id, run_input.application, run_input.locale))
        await self._send_link(account)
        if not await self._is_confirmed_in_time(account):
            await self.step(EXPIRE, account)
            return RegisterResult("expired")
        activated = await self.step(ACTIVATE, account)
        if not activated.active:
            await self.step(EXPIRE, account)
            return RegisterResult("taken")
        return RegisterResult("registered")

    async def _send_link(self, account: AccountRef) -> None:
        self._mails += 1
        await self.step(SEND_LINK, LinkMail(account.account_id, self._mails))

    async def _is_confirmed_in_time(self, account: AccountRef) -> bool:
        remind_at = workflow.now() + REMIND_AFTER
        expires_at = workflow.now() + LINK_LIFETIME
        while True:
            until = expires_at if self._reminded else remind_at
            in_time = await self.wait_for(
                CLICK, self._has_something_to_do, timeout=max(until - workflow.now(), NO_TIME)
            )
            if self._confirmed:
                return True
            if in_time:
                await self._send_link(account)
            elif self._reminded:
                return False
            else:
                self._reminded = True
                await self.step(REMIND, LinkMail(account.account_id))

    def _has_something_to_do(self) -> bool:
        return self._confirmed or self._mails <= self._resends_wanted
