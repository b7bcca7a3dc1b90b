"""Who gets a desk, and what becomes of a file, and of its owner, when a job on it had to be killed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from activities.files.drawing.studio import DESKS, DESKS_OF_ONE, Desk, GivenUpError, Studio
from activities.files.rendering import RenderingActivities
from core.ids import new_id
from core.storage import Storage
from domain.files.service import key_of
from domain.files.types import KnownFile
from tests.activities.files.conftest import opened
from tests.factories.files import nested_pdf, pdf, picture

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ONE_SECOND = {"thumbnail": 1, "preview": 1, "metadata": 1}


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    async with opened(cpu_seconds=ONE_SECOND) as found:
        yield found


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were begun at a desk."""
    jobs: list[str] = []
    perform = Desk.perform

    async def watched(desk: Desk, job: Any, media_type: str, original: Path) -> dict[str, Any]:
        jobs.append(job)
        return await perform(desk, job, media_type, original)

    monkeypatch.setattr(Desk, "perform", watched)
    return jobs


async def stored(storage: Storage, content: bytes, media_type: str = "application/pdf") -> KnownFile:
    file = KnownFile(new_id(), new_id(), media_type)
    await storage.put_bytes(key_of(file.tenant_id, file.file_id), content)
    return file


async def test_a_killed_job_settles_the_others_of_its_file(studio: Studio, tried: list[str]) -> None:
    storage = Storage.from_url("memory:")
    rendering = RenderingActivities(storage, studio)
    file = await stored(storage, nested_pdf())

    thumbnail = await rendering.thumbnail(file)
    preview, facts = await rendering.preview(file), await rendering.metadata(file)

    assert thumbnail.broken
    assert preview.broken
    assert facts.broken
    assert tried == ["thumbnail"], "the same page is not tried again"
    assert studio._shares.strikes(file.tenant_id) == 1


async def test_what_runs_beside_a_killed_job_ends_with_it(studio: Studio) -> None:
    storage = Storage.from_url("memory:")
    patient = {"thumbnail": 1, "preview": 600, "metadata": 600}
    studio._cpu_seconds = patient  # type: ignore[assignment]  # the names of the jobs
    rendering = RenderingActivities(storage, studio)
    file = await stored(storage, nested_pdf())

    async with asyncio.timeout(60):
        thumbnail, preview = await asyncio.gather(rendering.thumbnail(file), rendering.preview(file))

    assert thumbnail.broken
    assert preview.broken
    assert studio._shares.strikes(file.tenant_id) == 1


async def test_an_honest_file_of_the_same_owner_is_drawn_all_the_same(studio: Studio) -> None:
    storage = Storage.from_url("memory:")
    rendering = RenderingActivities(storage, studio)
    hostile = await stored(storage, nested_pdf(first_page=False))
    honest = KnownFile(hostile.tenant_id, new_id(), "application/pdf")
    await storage.put_bytes(key_of(honest.tenant_id, honest.file_id), pdf(pages=2))

    assert not (await rendering.thumbnail(hostile)).broken, "its first page is as good as any"
    assert (await rendering.preview(hostile)).broken
    assert not (await rendering.preview(honest)).broken


async def test_what_cannot_be_read_is_no_strike(studio: Studio, tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes(b"\xff\xd8\xff" + bytes(1000))
    async with studio.desk("acme", "broken.jpg") as desk:
        assert (await desk.perform("thumbnail", "image/jpeg", original))["broken"]
    original.write_bytes(picture())
    async with studio.desk("acme", "broken.jpg") as desk:
        assert not (await desk.perform("metadata", "image/jpeg", original))["broken"]
    assert studio._shares.strikes("acme") == 0


class Sitters:
    """People who sit at desks of a studio whose processes are never started."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.seated: list[str] = []
        self.desks: dict[str, Desk] = {}
        self.up: dict[str, asyncio.Event] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, *names: str) -> None:
        for name in names:
            self.up[name] = asyncio.Event()
            self.tasks.append(asyncio.create_task(self._sit(name)))
            await asyncio.sleep(0)

    async def rise(self, name: str, *, killed: bool = False) -> None:
        self.desks[name].has_killed = killed
        self.up[name].set()
        for _ in range(5):
            await asyncio.sleep(0)

    async def _sit(self, name: str) -> None:
        async with self.studio.desk(name[0], name) as desk:
            self.desks[name] = desk
            self.seated.append(name)
            await self.up[name].wait()
        self.seated.remove(name)


@pytest.fixture
def empty_studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    async def opened(*, lenient: bool) -> Desk:
        assert not lenient
        return Desk(None)  # type: ignore[arg-type]  # nothing is asked of it

    monkeypatch.setattr(Desk, "open", opened)
    return Studio(desks=4)


@asynccontextmanager
async def sitters(studio: Studio) -> AsyncIterator[Sitters]:
    found = Sitters(studio)
    yield found
    for event in found.up.values():
        event.set()
    await asyncio.gather(*found.tasks)


async def test_one_owner_never_has_all_desks(empty_studio: Studio) -> None:
    async with sitters(empty_studio) as people:
        await people.come("a1", "a2", "a3", "a4", "a5")
        assert people.seated == ["a1", "a2", "a3"]
        assert len(people.seated) == DESKS_OF_ONE <= DESKS / 2, "a second owner has as many"

        await people.come("b1", "b2")
        assert people.seated == ["a1", "a2", "a3", "b1"]
        await people.rise("a1")
        assert people.seated == ["a2", "a3", "b1", "b2"], "who has fewer goes first"


async def test_an_owner_of_a_killed_job_has_one_desk_and_goes_behind(empty_studio: Studio) -> None:
    async with sitters(empty_studio) as people:
        await people.come("a1", "a2", "a3", "a4", "a5")
        await people.rise("a1", killed=True)
        await people.rise("a2")
        assert people.seated == ["a3"], "one at a time from now on"
        await people.come("b1", "b2", "c1", "d1")
        await people.rise("a3")
        assert people.seated == ["b1", "b2", "c1", "d1"]
        await people.rise("b1")
        assert people.seated == ["b2", "c1", "d1", "a4"]


async def test_a_file_that_was_given_up_takes_no_desk(empty_studio: Studio) -> None:
    async with sitters(empty_studio) as people:
        await people.come("a1")
        await people.rise("a1", killed=True)
        with pytest.raises(GivenUpError):
            await people._sit("a1")
