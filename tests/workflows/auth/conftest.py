from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.service import RPCError, RPCStatusCode

from core.context import HOME_TENANT_ID
from core.ids import new_id
from domain.auth.sealing import Sealer
from domain.auth.types import Application
from tests.support.workbench import workbench
from workflows.auth.start import start_registration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    import asyncpg
    from temporalio.client import Client
    from temporalio.testing import WorkflowEnvironment

    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from tests.support.mails import Mailbox
    from tests.support.workbench import Workbench


@pytest.fixture
async def bench(
    settings: Settings, temporal_client: Client, owner_connection: asyncpg.Connection, mailbox: Mailbox
) -> AsyncIterator[Workbench]:
    """The worker of auth."""
    async with workbench(settings, temporal_client, ["auth"], owner_connection, mailbox) as found:
        yield found


@pytest.fixture
async def quick(
    settings: Settings, time_skipping: WorkflowEnvironment, owner_connection: asyncpg.Connection, mailbox: Mailbox
) -> AsyncIterator[Workbench]:
    """The worker of auth where a day passes in no time."""
    await _define_tenant_id(time_skipping)
    async with workbench(settings, time_skipping.client, ["auth"], owner_connection, mailbox) as found:
        yield found


async def _define_tenant_id(environment: WorkflowEnvironment) -> None:
    attributes = {"TenantId": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD}
    request = AddSearchAttributesRequest(search_attributes=attributes, namespace="default")
    try:
        await environment.client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise


@dataclass(frozen=True)
class Applicant:
    """Somebody who asks for an account."""

    id: UUID
    email: str


def applicant(name: str = "ada") -> Applicant:
    """Somebody whom nobody knows."""
    account_id = new_id()
    return Applicant(account_id, f"{name}-{account_id.hex[-8:]}@workflow.example")


async def register(bench: Workbench, who: Applicant) -> LaunchedRun:
    """Ask for an account as the page does."""
    application = Application("Ada Lovelace", who.email, "not a hash")
    sealed = Sealer(bench.settings.secret_key).seal(application, who.id)
    async with bench.db.unit_of_work(HOME_TENANT_ID, "auth", actor_id=who.id) as uow:
        return await start_registration(uow, who.id, name="Ada Lovelace", application=sealed, locale="en")
