from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID
from core.ids import new_id
from domain.tenants.types import Founder, NewTenant
from tests.support.workbench import workbench
from workflows.tenants.start import start_provisioning

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import asyncpg
    from temporalio.client import Client

    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from tests.support.mails import Mailbox
    from tests.support.workbench import Workbench


@pytest.fixture
async def bench(
    settings: Settings, temporal_client: Client, owner_connection: asyncpg.Connection, mailbox: Mailbox, tmp_path: Path
) -> AsyncIterator[Workbench]:
    """The worker of tenants, with an empty storage of its own."""
    own = settings.model_copy(update={"storage_url": tmp_path.as_uri()})
    async with workbench(own, temporal_client, ["tenants"], owner_connection, mailbox) as found:
        yield found


def new_tenant(name: str = "Acme") -> NewTenant:
    """A tenant that nobody has, for a founder whom nobody knows."""
    tenant_id, founder_id = new_id(), new_id()
    slug = f"{name.lower()}-{tenant_id.hex[-8:]}"
    return NewTenant(tenant_id, slug, name, "en", Founder(founder_id, "Ada Lovelace", f"ada@{slug}.example"))


async def provision(bench: Workbench, new: NewTenant) -> LaunchedRun:
    """Ask for a tenant as the page does."""
    async with bench.db.unit_of_work(HOME_TENANT_ID, "tenants", actor_id=new.founder.id) as uow:
        return await start_provisioning(uow, new)
