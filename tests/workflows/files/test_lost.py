"""The run of a file that loses its workflow, wherever it was, comes to the same end over the same rows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus

from core.runs.settling import Settling
from core.runs.sweep import Sweeper
from entrypoints.registry import REGISTRY
from tests.factories.files import EICAR, photo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.live.fact import Fact
    from core.runs.launch import LaunchedRun
    from tests.workflows.files.conftest import Works

AGE = "update platform.runs set changed_at = now() - interval '10 minutes' where id = $1"
OTHERS_ARE_NEW = "update platform.runs set changed_at = now() where ended_at is null and id <> $1"
"""What other tests have left open has no workers any more: to ask each where it stands takes seconds."""


class Nowhere:
    """A transport that is not asked for."""

    async def publish(self, facts: Sequence[Fact]) -> None:
        raise NotImplementedError


async def lose(works: Works, where: str, step: str, content: bytes) -> LaunchedRun:
    """Upload, and terminate the workflow right before or right after the effect of a step."""
    gate = {"before": works.gate.before, "after": works.gate.after}[where]

    async def terminate() -> None:
        del gate[f"files.{step}"]
        await works.client.get_workflow_handle(activity.info().workflow_id or "").terminate("by an operator")

    gate[f"files.{step}"] = terminate
    run = await works.upload(content)
    async with asyncio.timeout(30):
        while not await has_ended(works, run):  # noqa: ASYNC110  # Temporal says so
            await asyncio.sleep(0.02)
    return run


async def has_ended(works: Works, run: LaunchedRun) -> bool:
    if not await works._has_started(run):
        return False
    found = await works.client.get_workflow_handle(run.workflow_id).describe()
    return found.status != WorkflowExecutionStatus.RUNNING


async def sweep(works: Works, run: LaunchedRun) -> None:
    """Sweep until the run is launched again: what its first activities still had to tell makes its row look alive."""
    settling = Settling(works.db, REGISTRY.unsettled)
    sweeper = Sweeper(works.db, works.client, Nowhere(), REGISTRY.contracts, works.ring, settling=settling)
    async with asyncio.timeout(10):
        while await works.owner.fetchval("select launches from platform.runs where id = $1", run.id) == 1:
            await works.owner.execute(AGE, run.id)
            await works.owner.execute(OTHERS_ARE_NEW, run.id)
            await sweeper.reconcile()


@pytest.mark.parametrize(
    ("content", "verdict", "where", "step"),
    [
        (photo(), "ready", "before", "receive"),
        (photo(), "ready", "after", "quota"),
        (photo(), "ready", "after", "announce"),
        (EICAR, "infected", "after", "quota"),
        (EICAR, "infected", "after", "index"),
    ],
    ids=["photo-unseen", "photo-counted", "photo-told", "virus-uncounted", "virus-erased"],
)
async def test_a_lost_upload_is_looked_at_after_all(
    works: Works, content: bytes, verdict: str, where: str, step: str
) -> None:
    run = await lose(works, where, step, content)
    await sweep(works, run)

    assert (await works.result(run))["outcome"] == verdict
    await works.reaches(run, "done")
    file = await works.file()
    is_ready = verdict == "ready"
    assert (file["state"], file["charge"]) == (verdict, "used" if is_ready else "none")
    assert await works.usage() == (len(content) if is_ready else 0, 0)
    assert len(await works.objects()) == (3 if is_ready else 0)
    orphans = await Settling(works.db, REGISTRY.unsettled).orphans([works.tenant.id])
    assert orphans == []
