from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from temporalio.client import WorkflowFailureError

from domain.files import service
from tests.factories.files import photo
from workflows.files.start import start_removal

if TYPE_CHECKING:
    from core.runs.launch import LaunchedRun
    from tests.workflows.files.conftest import Works


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.files.contract.TIME_TO_THINK_AGAIN", timedelta(seconds=2))


async def remove(works: Works) -> LaunchedRun:
    """Remove the tenant's one file, as its page does."""
    file_id = (await works.file())["id"]
    async with works.db.unit_of_work(works.tenant.context(), "files") as uow:
        return await start_removal(uow, await service.trash(uow, file_id))


async def test_a_removed_file_is_gone_after_the_grace(works: Works) -> None:
    await works.result(await works.upload(photo()))

    run = await remove(works)
    assert (await works.file())["trashed_at"] is not None
    assert await works.objects()
    await works.result(run)
    await works.keep_history(run, "removed")

    assert await works.file() is None
    assert await works.objects() == []
    assert await works.usage() == (0, 0)


@pytest.mark.parametrize("step", ["trash", "grace"])
async def test_cancelling_brings_the_file_back(works: Works, step: str) -> None:
    await works.result(await works.upload(photo()))
    before = (await works.rows(), await works.objects())
    if step == "trash":
        works.gate.after["files.trash"] = works.cancel_from_within

    run = await remove(works)
    if step == "grace":
        await works.reaches(run, "waiting")
        await works.cancel(run)
    with pytest.raises(WorkflowFailureError):
        await works.result(run)
    await works.keep_history(run, f"cancelled-{step}")

    assert (await works.rows(), await works.objects()) == before


async def test_a_file_that_came_back_can_be_removed_again(works: Works) -> None:
    await works.result(await works.upload(photo()))
    first = await remove(works)
    await works.reaches(first, "waiting")
    await works.cancel(first)
    with pytest.raises(WorkflowFailureError):
        await works.result(first)

    second = await remove(works)
    await works.result(second)

    assert first.id != second.id
    assert await works.file() is None


async def test_erasing_can_no_longer_be_stopped(works: Works) -> None:
    await works.result(await works.upload(photo()))
    works.gate.before["files.erase"] = works.cancel_from_within

    await works.result(await remove(works))

    assert await works.file() is None
    assert await works.objects() == []
