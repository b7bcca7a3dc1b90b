"""How pages ask for the workflows of translations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.runs.launch import launch
from domain.translations.types import BatchInput
from workflows.translations.contract import IMPORT, REPLACE, TAKE_BACK

if TYPE_CHECKING:
    from core.db import UnitOfWork
    from core.runs.launch import LaunchedRun
    from domain.translations.models import Batch

CONTRACTS = {"import": IMPORT, "replace": REPLACE, "take_back": TAKE_BACK}


async def start_batch(uow: UnitOfWork, batch: Batch) -> LaunchedRun:
    """Have a batch applied."""
    return await launch(
        uow,
        CONTRACTS[batch.kind],
        BatchInput(batch.tenant_id, batch.actor_id, batch.id),
        key=str(batch.id),
        subject=("wording", str(batch.id)),
        title_params={"name": batch.name},
        result_path=f"/admin/translations/batches/{batch.id}",
    )
