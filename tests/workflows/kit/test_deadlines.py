"""What nobody attends to ends by itself, days later: on a server where days pass in milliseconds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from core.context import Context, Person, TenantFacts
from core.errors import ConflictError
from core.ids import new_id
from core.messages import messages_of
from tests.replay.record import save_history
from tests.workflows.kit.sample import LINE, PATIENT
from tests.workflows.kit.stage import Script, open_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from temporalio.testing import WorkflowEnvironment

    from core.settings import Settings
    from tests.workflows.kit.stage import Stage

N_ = messages_of("sample")


@pytest.fixture
async def quick(settings: Settings, time_skipping: WorkflowEnvironment) -> AsyncIterator[Stage]:
    await define_tenant_id(time_skipping)
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with open_stage(settings, time_skipping.client, ctx) as opened:
        yield opened


async def define_tenant_id(environment: WorkflowEnvironment) -> None:
    attributes = {"TenantId": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD}
    request = AddSearchAttributesRequest(search_attributes=attributes, namespace="default")
    try:
        await environment.client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise


async def test_a_parked_run_undoes_itself_after_seven_days(quick: Stage, time_skipping: WorkflowEnvironment) -> None:
    script = Script()
    script.fails("third", ConflictError(N_("No")))
    run = await quick.launch(LINE, "forgotten", script)
    await quick.until(run, "needs_you")
    await time_skipping.sleep(timedelta(days=7) - timedelta(minutes=1))
    assert (await quick.card(run)).state == "needs_you"
    await time_skipping.sleep(timedelta(minutes=2))
    with pytest.raises(WorkflowFailureError) as failure:
        await quick.result(run)
    assert isinstance(failure.value.cause, ApplicationError)
    assert failure.value.cause.type == "parked_too_long"
    card = await quick.card(run)
    assert card.state == "undone"
    assert {step.state for step in card.steps} <= {"undone", "skipped"}
    assert script.calls == ["first", "second", "look", "third", "undo_third", "undo_second", "undo_first"]
    await save_history(quick.handle(run), LINE.name, "undone")


async def test_a_wait_ends_in_time(quick: Stage, time_skipping: WorkflowEnvironment) -> None:
    run = await quick.launch(PATIENT, "unanswered")
    await quick.until(run, "waiting")
    await time_skipping.sleep(timedelta(hours=25))
    assert (await quick.result(run))["outcome"] == "late"
    card = await quick.card(run)
    assert (card.state, card.tone) == ("done", "warning")
    await save_history(quick.handle(run), PATIENT.name, "late")
