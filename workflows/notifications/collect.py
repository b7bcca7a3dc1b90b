"""The regular look at what people were told: a schedule starts it, engineers alone see it; it is no run of anybody."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import (
    Priority,
    RetryPolicy,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from core.runs.contract import workflow_id
    from domain.notifications.types import Collected, MailInput
    from workflows.kit.run import HEARTBEAT
    from workflows.notifications.contract import COLLECT, MAIL

TENANT_ID = SearchAttributeKey.for_keyword("TenantId")


@workflow.defn(name=COLLECT)
class Collect:
    """Starts the workflow of each mail that is due."""

    @workflow.run
    async def run(self) -> int:
        """Look once; the next tick of the schedule comes soon enough to be the retry."""
        found: Collected = await workflow.execute_activity(
            "notifications.collect_once",
            result_type=Collected,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=HEARTBEAT,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return sum([await self._start(mail) for mail in found.mails])

    async def _start(self, mail: MailInput) -> bool:
        """Start a mail's workflow, which outlives this one; False for one that is open."""
        try:
            await workflow.start_child_workflow(
                MAIL.name,
                mail,
                id=workflow_id(mail.tenant_id, MAIL.name, mail.mailing_id),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                # One that has ended is named no more, unless its rows know nothing of that end: then it begins anew.
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                search_attributes=TypedSearchAttributes([SearchAttributePair(TENANT_ID, str(mail.tenant_id))]),
                priority=Priority(fairness_key=str(mail.tenant_id)),
            )
        except WorkflowAlreadyStartedError:
            return False
        return True
