"""Web killed, or left by its database, in the middle: a half upload leaves nothing for long, a whole one is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.ids import new_id
from domain.files.types import TidyInput
from tests.factories.files import noise, photo
from tests.support.waiting import eventually
from workflows.files.contract import TIDY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import asyncpg
    from temporalio.client import Client

    from tests.support.caller import Caller
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

READY = "select count(*) from files.files where tenant_id = $1 and state = 'ready' and name = $2"
ROWS = "select name, state from files.files where tenant_id = $1"
RESERVED = "select reserved from files.usage where tenant_id = $1"
MAKE_OLD = "update files.files set lease_until = now() where tenant_id = $1 and state = 'receiving'"
LEASE = "select lease_until - now() from files.files where tenant_id = $1 and state = 'receiving'"
MINUTES_OF_A_LEASE = timedelta(minutes=10)
LAUNCHED = "select state from platform.runs where tenant_id = $1"
LONG_AGO = timedelta(hours=25)
HALF = 512 * 1024
SECONDS_TO_RECOVER = 40


async def test_a_half_upload_goes_with_the_tidy_and_a_whole_one_is_kept(
    deployment: Deployment,
    deployed_tables: asyncpg.Connection,
    deployed_client: Client,
    caller: Caller,
    owner: Owner,
) -> None:
    content, half_is_there = noise(), asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield content[:HALF]
        half_is_there.set()
        await asyncio.Event().wait()

    slow = asyncio.create_task(caller.upload_slowly("half.jpg", pieces(), len(content)))
    await half_is_there.wait()
    await eventually(lambda: has_rows(deployed_tables, owner, 1))
    assert (await caller.upload("whole.jpg", photo())).status == 303
    deployment.web.kill()
    with contextlib.suppress(httpx.HTTPError, asyncio.CancelledError):
        slow.cancel()
        await slow
    await deployment.web.start()

    await eventually(lambda: is_ready(deployed_tables, owner, "whole.jpg"), seconds=SECONDS_TO_RECOVER)
    listed = await caller.get("/files")
    assert "whole.jpg" in listed.text
    assert "half.jpg" not in listed.text
    await make_old(deployment, deployed_tables, owner)
    await tidy(deployed_client)
    assert [tuple(row) for row in await deployed_tables.fetch(ROWS, owner.tenant.id)] == [("whole.jpg", "ready")]
    assert await deployed_tables.fetchval(RESERVED, owner.tenant.id) == 0
    assert len(stored(deployment, owner)) == 3  # the original, its thumbnail and its preview


async def test_an_upload_that_the_database_leaves_in_the_middle_gives_its_space_back(
    deployment: Deployment,
    deployed_tables: asyncpg.Connection,
    deployed_client: Client,
    caller: Caller,
    owner: Owner,
) -> None:
    content, is_away = noise(), asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield content[:HALF]
        await is_away.wait()
        yield content[HALF:]

    upload = asyncio.create_task(caller.upload_slowly("half.jpg", pieces(), len(content)))
    await eventually(lambda: has_rows(deployed_tables, owner, 1))
    assert await deployed_tables.fetchval(RESERVED, owner.tenant.id) > 0
    deployment.links["web"].database.cut()
    is_away.set()
    assert (await upload).status == 503
    deployment.links["web"].mend()
    lease = await deployed_tables.fetchval(LEASE, owner.tenant.id)
    assert lease <= MINUTES_OF_A_LEASE
    await make_old(deployment, deployed_tables, owner)
    await tidy(deployed_client)
    assert await deployed_tables.fetch(ROWS, owner.tenant.id) == []
    assert await deployed_tables.fetchval(RESERVED, owner.tenant.id) == 0
    assert stored(deployment, owner) == []


async def test_a_run_that_was_committed_and_not_started_is_started_by_the_sweep(
    deployment: Deployment, deployed_tables: asyncpg.Connection, caller: Caller, owner: Owner
) -> None:
    deployment.links["web"].temporal.cut()
    assert (await caller.upload("coast.jpg", photo())).status == 303
    deployment.web.kill()
    assert await deployed_tables.fetchval(LAUNCHED, owner.tenant.id) == "launching"
    await eventually(lambda: is_ready(deployed_tables, owner, "coast.jpg"), seconds=SECONDS_TO_RECOVER)


async def is_ready(tables: asyncpg.Connection, owner: Owner, name: str) -> bool:
    return bool(await tables.fetchval(READY, owner.tenant.id, name))


async def has_rows(tables: asyncpg.Connection, owner: Owner, count: int) -> bool:
    return len(await tables.fetch(ROWS, owner.tenant.id)) == count


async def make_old(deployment: Deployment, tables: asyncpg.Connection, owner: Owner) -> None:
    """Let the lease of what the upload left behind end, and a day pass for all bytes."""
    await tables.execute(MAKE_OLD, owner.tenant.id)
    long_ago = time.time() - LONG_AGO.total_seconds()
    for path in stored(deployment, owner):
        os.utime(path, (long_ago, long_ago))


async def tidy(client: Client) -> None:
    """What the clock does every hour."""
    tidying = TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID)
    await client.execute_workflow(TIDY.name, tidying, id=f"tidy-{new_id()}", task_queue="files")


def stored(deployment: Deployment, owner: Owner) -> list[Path]:
    folder = deployment.storage_dir / "tenants" / str(owner.tenant.id) / "files"
    return [path for path in folder.rglob("*") if path.is_file()]
