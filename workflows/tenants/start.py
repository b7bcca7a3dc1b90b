"""How pages ask for the workflow of tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID
from core.runs.launch import launch
from domain.tenants.types import ProvisionInput
from workflows.tenants.contract import PROVISION

if TYPE_CHECKING:
    from core.db import UnitOfWork
    from core.runs.launch import LaunchedRun
    from domain.tenants.types import NewTenant


async def start_provisioning(uow: UnitOfWork, new: NewTenant) -> LaunchedRun:
    """Have a tenant built. The run lives in the platform's own tenant: the new one is closed until it is ready."""
    return await launch(
        uow,
        PROVISION,
        ProvisionInput(HOME_TENANT_ID, new.founder.id, new),
        key=str(new.id),
        subject=("tenant", str(new.id)),
        title_params={"name": new.name},
        result_path=f"/tenants/{new.slug}/entry",
    )
