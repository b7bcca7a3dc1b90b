"""The schedule's workflow: what moved is outside afterwards, and the database is not asked what was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.anchors.key import open_signer
from core.anchors.outside import Outside
from core.anchors.rounds import Anchored
from core.ids import new_id
from entrypoints.registry import REGISTRY
from tests.replay.record import save_history
from tests.support.workbench import workbench
from workflows.runs.contract import ANCHOR

if TYPE_CHECKING:
    import asyncpg
    from temporalio.client import Client, WorkflowHandle

    from core.settings import Settings
    from tests.support.mails import Mailbox


async def test_a_scheduled_round_anchors_what_moved(
    settings: Settings, temporal_client: Client, owner_connection: asyncpg.Connection, mailbox: Mailbox
) -> None:
    tenant_id = new_id()
    async with workbench(settings, temporal_client, ["runs"], owner_connection, mailbox) as bench:
        async with bench.db.unit_of_work(tenant_id, "files") as uow:
            await uow.audit("files.erased", "file:1")
        handle: WorkflowHandle[object, Anchored] = await bench.client.start_workflow(
            ANCHOR, id=f"schedule/anchor-{new_id()}", task_queue="runs", result_type=Anchored
        )
        anchored = await handle.result()
    await save_history(handle, ANCHOR, "done")
    log = await Outside.of(settings, open_signer(settings).verifier).read()
    assert log.heads[tenant_id].seq == 1
    assert anchored.heads >= 1  # and those of the tests before
    assert ANCHOR in {scheduled.workflow for _, scheduled in REGISTRY.schedules()}
