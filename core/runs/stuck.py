"""Workflows that cannot go on: each worker that takes their next task fails at it, until an engineer mends the code.

Temporal calls such a workflow running. Its history tells: the newest task that was taken to its end has failed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest

if TYPE_CHECKING:
    from temporalio.api.history.v1 import HistoryEvent
    from temporalio.client import Client

EVENTS_LOOKED_AT = 200
"""After the failure come only what others send meanwhile, and the next attempts' own entries."""

SECONDS = timedelta(seconds=3)

NOBODYS_FAULT = frozenset({
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
})  # fmt: skip
"""Ends of tasks that Temporal calls failed and that say nothing of the workflow's code."""


async def failing_since(client: Client, workflow_id: str, *, rpc_timeout: timedelta = SECONDS) -> datetime | None:
    """Return since when each task of an open workflow fails; None for one that can go on.

    Raises ``RPCError`` when Temporal cannot say.
    """
    answer = await client.workflow_service.get_workflow_execution_history_reverse(
        GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            maximum_page_size=EVENTS_LOOKED_AT,
        ),
        timeout=rpc_timeout,
    )
    for event in answer.history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return None
        if _is_failure(event):
            return event.event_time.ToDatetime(UTC)
    return None


def _is_failure(event: HistoryEvent) -> bool:
    return (
        event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
        and event.workflow_task_failed_event_attributes.cause not in NOBODYS_FAULT
    )
