from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError

from core.errors import UnavailableError
from core.messages import Message
from core.runs.line import withdraw
from domain.files.types import Rendered, Scanned
from entrypoints.registry import REGISTRY
from tests.factories.files import EICAR, archive, pdf, photo, picture, sealed_archive
from tests.factories.kinds import everyday
from workflows.files.contract import INGEST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.mails import Mailbox
    from tests.workflows.files.conftest import Works

STEPS = [step.name for step in INGEST.steps]


async def test_a_photo_becomes_ready(works: Works) -> None:
    content = photo(1200, 900)

    run = await works.upload(content, "garden.jpg")
    result = await works.result(run)
    await works.keep_history(run, "ready")

    file = await works.file()
    assert result["outcome"] == "ready"
    assert (file["state"], file["type"], file["scanner"]) == ("ready", "image/jpeg", "YARA-X")
    assert (file["width"], file["height"]) == (900, 1200)
    assert await works.objects() == ["original", "preview-1.webp", "thumbnail.webp"]
    assert await works.usage() == (len(content), 0)


async def test_a_document_becomes_ready(works: Works) -> None:
    await works.result(await works.upload(pdf(pages=3), "plan.pdf"))

    file = await works.file()
    assert (file["state"], file["pages"]) == ("ready", 3)
    assert await works.objects() == ["original", "preview-1.webp", "preview-2.webp", "preview-3.webp", "thumbnail.webp"]


async def test_a_kind_without_pictures_becomes_ready(works: Works) -> None:
    await works.result(await works.upload(archive(note=b"hello"), "notes.zip"))

    assert (await works.file())["state"] == "ready"
    assert await works.objects() == ["original"]


async def test_what_is_harmful_is_blocked_and_its_bytes_are_gone(works: Works) -> None:
    run = await works.upload(EICAR)
    result = await works.result(run)
    await works.keep_history(run, "infected")

    assert result["outcome"] == "infected"
    assert (await works.file())["state"] == "infected"
    assert await works.objects() == []
    assert await works.usage() == (0, 0)


async def test_what_its_name_hid_from_the_policy_is_refused_when_it_is_recognised(works: Works) -> None:
    await works.owner.execute("insert into files.policies values ($1, 'admin', '{program}')", works.tenant.id)

    result = await works.result(await works.upload(everyday()["setup.exe"].content, "holiday.jpg"))

    assert result["outcome"] == "unsupported"
    assert (await works.file())["state"] == "unsupported"
    assert (await works.objects(), await works.usage()) == ([], (0, 0))


async def test_what_cannot_be_drawn_is_kept_as_it_came_and_half_of_a_preview_is_not(works: Works) -> None:
    content = pdf(pages=2)
    works.gate.instead["files.preview"] = Rendered(broken=True)

    run = await works.upload(content, "plan.pdf")
    result = await works.result(run)
    await works.keep_history(run, "undrawable")

    file = await works.file()
    assert result["outcome"] == "ready"
    assert (file["state"], file["type"], file["note"]) == ("ready", "application/pdf", "undrawable")
    assert await works.objects() == ["original"]
    assert await works.usage() == (len(content), 0)


@pytest.mark.parametrize("scanned", [None, Scanned("unscannable", "ClamAV", "Heuristics.Limits.Exceeded")])
async def test_what_nobody_can_look_into_is_kept_and_closed(works: Works, scanned: Scanned | None) -> None:
    content = sealed_archive() if scanned is None else archive(note=b"large")
    if scanned:
        works.gate.instead["files.scan"] = scanned

    run = await works.upload(content, "sealed.zip")
    result = await works.result(run)
    await works.keep_history(run, "sealed")

    file = await works.file()
    assert result["outcome"] == "sealed"
    assert (file["state"], file["signature"]) == ("sealed", scanned.signature if scanned else "")
    assert await works.objects() == ["original"]
    assert await works.usage() == (len(content), 0)


async def test_a_scanner_that_is_down_keeps_the_file_closed(works: Works) -> None:
    states: list[str] = []

    async def down_twice() -> None:
        states.append((await works.file())["state"])
        if activity.info().attempt < 3:
            raise UnavailableError(Message("files", "down"), code="scanner_unavailable")

    works.gate.after["files.scan"] = down_twice

    result = await works.result(await works.upload(picture()))

    assert states == ["pending"] * 3
    assert result["outcome"] == "ready"


async def test_every_step_may_be_killed_and_tried_again(works: Works) -> None:
    """A worker that dies after its effect and before its answer: the step comes a second time."""

    async def die_once() -> None:
        if activity.info().attempt == 1:
            raise RuntimeError("killed")

    works.gate.after = {f"files.{step}": die_once for step in STEPS}
    content = photo()

    await works.result(await works.upload(content))

    assert [works.gate.calls.count(f"files.{step}") for step in STEPS] == [2] * len(STEPS)
    assert (await works.file())["state"] == "ready"
    assert await works.usage() == (len(content), 0)
    assert await works.objects() == ["original", "preview-1.webp", "thumbnail.webp"]


def cancel_and_wait(works: Works) -> Callable[[], Awaitable[None]]:
    """Stop the run before a step has done anything."""

    async def stop() -> None:
        await works.cancel_from_within()
        while not activity.is_cancelled():
            activity.heartbeat()
            await asyncio.sleep(0.05)

    return stop


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("side", ["before", "after"])
async def test_cancelling_at_any_boundary_leaves_nothing(works: Works, mailbox: Mailbox, step: str, side: str) -> None:
    await works.result(await works.upload(archive(note=b"stays"), "neighbour.zip"))
    before = (await works.rows(), await works.objects(), await works.usage(), mailbox.ids())
    if side == "before":
        works.gate.before[f"files.{step}"] = cancel_and_wait(works)
    else:
        works.gate.after[f"files.{step}"] = works.cancel_from_within

    run = await works.upload(photo(), "mistake.jpg")
    with pytest.raises(WorkflowFailureError):
        await works.result(run)
    await works.keep_history(run, f"cancelled-{side}-{step}")

    assert (await works.rows(), await works.objects(), await works.usage(), mailbox.ids()) == before


async def test_an_upload_that_is_cancelled_while_it_waits_for_its_turn_leaves_nothing(works: Works) -> None:
    await works.owner.execute("insert into platform.entitlements values ($1, 'runs.at_work', 0)", works.tenant.id)
    before = (await works.rows(), await works.objects(), await works.usage())
    run = await works.upload(photo(), "mistake.jpg")
    assert await works.owner.fetchval("select state from platform.runs where id = $1", run.id) == "queued"

    async with works.db.unit_of_work(works.tenant.context(), "runs") as uow:
        assert await withdraw(uow, run.id, REGISTRY.contracts)
    await works.reaches(run, "cancelled")
    await works.keep_history(run, "withdrawn")

    assert {**await works.rows(), "files.usage": before[0]["files.usage"]} == before[0]
    assert (await works.objects(), await works.usage()) == before[1:]


async def test_cancelling_a_blocked_file_leaves_nothing_either(works: Works) -> None:
    before = (await works.rows(), await works.objects())
    works.gate.after["files.quota"] = works.cancel_from_within

    with pytest.raises(WorkflowFailureError):
        await works.result(await works.upload(EICAR))

    assert (await works.rows())["files.files"] == before[0]["files.files"]
    assert (await works.usage(), await works.objects()) == ((0, 0), [])
