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


@pytest.mark.parametrize(
    "rows",
    ["trashed_at = null", "trashed_at = trashed_at - interval '1 hour'"],
    ids=["not in the trash", "another time"],
)
async def test_a_file_that_the_rows_do_not_know_as_removed_is_left_alone(works: Works, rows: str) -> None:
    """As after a restore: rows from a copy that is older than the removal, which goes on."""
    await works.result(await works.upload(photo()))
    run = await remove(works)
    await works.reaches(run, "waiting")
    await works.owner.execute(f"update files.files set {rows} where tenant_id = $1", works.tenant.id)  # noqa: S608
    before = (await works.file(), await works.objects())

    await works.result(run)

    assert (await works.file(), await works.objects()) == before
    assert len(await works.objects()) == 3


async def test_what_others_have_put_into_the_trash_since_is_not_taken_out_of_it(works: Works) -> None:
    await works.result(await works.upload(photo()))
    run = await remove(works)
    await works.reaches(run, "waiting")
    await works.owner.execute(
        "update files.files set trashed_at = trashed_at - interval '1 hour' where tenant_id = $1", works.tenant.id
    )
    await works.cancel(run)
    with pytest.raises(WorkflowFailureError):
        await works.result(run)
    assert (await works.file())["trashed_at"] is not None
