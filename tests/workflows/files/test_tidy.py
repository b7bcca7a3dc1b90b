from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.ids import new_id
from core.storage import object_key
from domain.files import service
from domain.files.types import TidyInput
from entrypoints.registry import REGISTRY
from tests.factories.files import photo
from tests.replay.record import save_history
from workflows.files.contract import TIDY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.files.conftest import Works

LONG_AGO = time.time() - 25 * 3600


def age(folder: Path) -> None:
    """Make every object look as if it had been stored yesterday."""
    for path in folder.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))


async def test_what_was_left_behind_is_taken_away_and_nothing_else(works: Works, tmp_path: Path) -> None:
    ctx = works.tenant.context()
    await works.result(await works.upload(photo()))
    kept = await works.file()
    async with works.db.unit_of_work(ctx, "files") as uow:
        stale = await service.begin_upload(uow, kept["uploader_id"], "stale", "x", 500)
        young = await service.begin_upload(uow, kept["uploader_id"], "young", "x", 300)
    await works.owner.execute("update files.files set lease_until = now() where id = $1", stale.id)
    await works.storage.put_bytes(service.key_of(works.tenant.id, stale.id), b"half")
    await works.storage.put_bytes(service.key_of(works.tenant.id, new_id()), b"orphan")
    await works.storage.put_bytes(object_key(works.tenant.id, "branding", "logo", "original"), b"of another feature")
    age(tmp_path)
    await works.storage.put_bytes(service.key_of(works.tenant.id, new_id()), b"young orphan")

    handle = await works.client.start_workflow(
        TIDY.name, TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID), id=f"schedule/tidy-{new_id()}", task_queue="files"
    )
    result = await handle.result()
    await save_history(handle, TIDY.name, "tidied")

    rows = await works.owner.fetch("select id from files.files where tenant_id = $1 order by id", works.tenant.id)
    assert [row["id"] for row in rows] == [kept["id"], young.id]
    assert await works.usage() == (kept["size"], 300)
    assert await works.objects() == ["original", "original", "original", "preview-1.webp", "thumbnail.webp"]
    assert result["swept"]["objects"] == 2
    assert result["swept"]["uploads"] >= 1


async def test_uploads_alone_are_tidied_often(works: Works) -> None:
    ctx = works.tenant.context()
    assert ctx.person is not None
    async with works.db.unit_of_work(ctx, "files") as uow:
        await service.begin_upload(uow, ctx.person.id, "stale", "x", 500)
    await works.owner.execute("update files.files set lease_until = now() where tenant_id = $1", works.tenant.id)
    (often,) = [each for each in REGISTRY["files"].schedules if each.id == "tidy-uploads"]
    assert often.every <= timedelta(minutes=5)

    handle = await works.client.start_workflow(
        often.workflow, often.argument, id=f"schedule/tidy-uploads-{new_id()}", task_queue="files"
    )
    result = await handle.result()
    await save_history(handle, TIDY.name, "uploads-alone")

    assert await works.file() is None
    assert await works.usage() == (0, 0)
    assert "files.sweep_objects" not in works.gate.calls
    assert result["swept"]["uploads"] >= 1
