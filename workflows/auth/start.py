"""How pages ask for the workflow of auth, and find it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID
from core.ids import derived_id
from core.runs.contract import workflow_id
from core.runs.launch import launch
from domain.auth.types import RegisterInput
from workflows.auth.contract import REGISTER

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import UnitOfWork
    from core.runs.launch import LaunchedRun

AFTERWARDS = "/tenants/new"


async def start_registration(
    uow: UnitOfWork, account_id: UUID, *, name: str, application: str, locale: str
) -> LaunchedRun:
    """Have an account created for whoever confirms the address in the sealed application."""
    return await launch(
        uow,
        REGISTER,
        RegisterInput(HOME_TENANT_ID, account_id, application, locale),
        key=str(account_id),
        subject=("account", str(account_id)),
        result_path=AFTERWARDS,
        actor_name=name,
    )


def run_id_of(account_id: UUID) -> UUID:
    """Return the id of the run that registers an account."""
    return derived_id(HOME_TENANT_ID, f"{REGISTER.name}/{account_id}")


def workflow_id_of(account_id: UUID) -> str:
    """Return the id of the workflow that waits for an account's click."""
    return workflow_id(HOME_TENANT_ID, REGISTER.name, run_id_of(account_id))
