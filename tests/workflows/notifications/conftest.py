from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from domain.notifications import mailing, service
from domain.notifications.types import Choice, MailInput
from entrypoints.registry import REGISTRY
from tests.support.workbench import workbench
from tests.workflows.auth.conftest import _define_tenant_id
from workflows.notifications.contract import COLLECT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    from temporalio.client import Client, WorkflowHandle
    from temporalio.testing import WorkflowEnvironment

    from core.context import Context
    from core.settings import Settings
    from tests.support.mails import Mailbox
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.workbench import Workbench


@dataclass
class Post:
    """Two tenants' notifications, with the worker that mails them."""

    bench: Workbench
    acme: TestTenant
    globex: TestTenant

    async def wants(self, who: Context, kind: str, mail: str, *, in_product: bool = True) -> None:
        """Have the person of a context choose."""
        assert who.person is not None
        async with self.bench.db.unit_of_work(who, "notifications") as uow:
            choices = {kind: Choice(in_product, mail)}  # type: ignore[arg-type]  # a pace
            await service.choose(uow, who.person.id, REGISTRY.notice_kinds, choices)

    async def collect(self) -> int:
        """Look once, as the schedule has it done; returns how many mails began."""
        handle: WorkflowHandle[object, int] = await self.bench.client.start_workflow(
            COLLECT, id=f"schedule/collect-{new_id()}", task_queue="notifications", result_type=int
        )
        async with asyncio.timeout(30):
            return await handle.result()

    async def due(self, who: Context) -> list[MailInput]:
        """Sort what is new in the tenant, and return the mails that are due."""
        async with self.bench.db.unit_of_work(who.tenant_id, "notifications") as uow:
            await mailing.sort(uow, REGISTRY.notice_kinds)
            return await mailing.due(uow)

    async def read_all(self, who: Context) -> None:
        """Have the person of a context read everything."""
        assert who.person is not None
        async with self.bench.db.unit_of_work(who, "notifications") as uow:
            await service.read_all(uow, who.person.id)

    async def states(self, tenant: TestTenant) -> list[str]:
        """How far each notification of a tenant is on its way into a mail, the oldest first."""
        query = "select mail from platform.notices where tenant_id = $1 order by id"
        return [row["mail"] for row in await self.bench.owner.fetch(query, tenant.id)]

    def subjects(self, tenant: TestTenant, role: str = "member") -> list[str]:
        """The subjects of all mails to a person."""
        return [mail.subject for mail in self.bench.mailbox.to(f"{role}@{tenant.slug}.example")]


@pytest.fixture
async def post(
    settings: Settings,
    temporal_client: Client,
    owner_connection: asyncpg.Connection,
    mailbox: Mailbox,
    two_tenants: TwoTenants,
) -> AsyncIterator[Post]:
    """By the real clock."""
    async with workbench(settings, temporal_client, ["notifications"], owner_connection, mailbox) as bench:
        yield Post(bench, two_tenants.acme, two_tenants.globex)


@pytest.fixture
async def quick(
    settings: Settings,
    time_skipping: WorkflowEnvironment,
    owner_connection: asyncpg.Connection,
    mailbox: Mailbox,
    two_tenants: TwoTenants,
) -> AsyncIterator[Post]:
    """Where ten minutes pass in no time."""
    await _define_tenant_id(time_skipping)
    async with workbench(settings, time_skipping.client, ["notifications"], owner_connection, mailbox) as bench:
        yield Post(bench, two_tenants.acme, two_tenants.globex)
