"""Uploads whose connection is lost, slow or without end: nothing is left of them, and nobody waits for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.web.files.conftest import SPACE, upload
from tests.web.files.kept import files_of, objects_of, usage_of
from tests.web.files.lost_upload import LostUpload
from web.files import receiving
from web.kit import body

if TYPE_CHECKING:
    import asyncpg

    from core.storage import Storage
    from entrypoints.web import Application
    from tests.support.tenant_fixtures import TwoTenants
    from tests.support.web_fixtures import SignIn


@pytest.mark.parametrize(("ending", "status"), [("http.disconnect", 400), ("half", 422), ("trickle", 408)])
async def test_a_lost_or_endless_connection_leaves_nothing(  # noqa: PLR0917  # fixtures are asked for by name
    application: Application,
    tenants: TwoTenants,
    sign_in: SignIn,
    storage: Storage,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    status: int,
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    lost = LostUpload(member, tenants.acme, ending)
    monkeypatch.setattr(body, "clock", lambda: lost.now)

    await application(lost.scope(), lost.receive, lost.send)
    await asyncio.sleep(0.1)

    assert lost.begun
    assert lost.status == status
    assert await files_of(owner_connection, tenants.acme) == []
    assert await objects_of(storage, tenants.acme) == []
    assert await usage_of(owner_connection, tenants.acme) == (0, 0)


async def test_an_upload_that_trickles_keeps_the_space_of_nobody(
    application: Application, tenants: TwoTenants, sign_in: SignIn, owner_connection: asyncpg.Connection
) -> None:
    member, other = await sign_in(tenants.acme, "member"), await sign_in(tenants.acme, "admin")
    await member.get(tenants.acme.url("/files"))
    slow = LostUpload(member, tenants.acme, "hold", announced=SPACE)
    uploading = asyncio.create_task(application(slow.scope(), slow.receive, slow.send))
    await slow.holding.wait()

    answer = await upload(other, tenants.acme, bytes(SPACE // 3))

    assert answer.status == 303
    assert (await usage_of(owner_connection, tenants.acme))[1] <= SPACE // 2 + SPACE // 3
    slow.let_go.set()
    await uploading
    assert (await usage_of(owner_connection, tenants.acme))[1] == SPACE // 3


async def test_an_upload_has_an_end(
    application: Application,
    tenants: TwoTenants,
    sign_in: SignIn,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    lost = LostUpload(member, tenants.acme, "steady")
    looked_at: list[float] = []

    def clock() -> float:
        looked_at.append(lost.now)
        return lost.now

    monkeypatch.setattr(receiving, "clock", clock)

    await application(lost.scope(), lost.receive, lost.send)

    assert lost.status == 408, "it came steadily, and slowly"
    assert receiving.SECONDS_FOR_ANY < looked_at[-1] < receiving.SECONDS_FOR_ANY + 100
    assert await files_of(owner_connection, tenants.acme) == []
    assert await usage_of(owner_connection, tenants.acme) == (0, 0)


async def test_the_lease_is_renewed_while_bytes_arrive(
    application: Application,
    tenants: TwoTenants,
    sign_in: SignIn,
    owner_connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = await sign_in(tenants.acme, "member")
    await member.get(tenants.acme.url("/files"))
    slow = LostUpload(member, tenants.acme, "renewed")
    monkeypatch.setattr(receiving, "clock", lambda: slow.now)
    uploading = asyncio.create_task(application(slow.scope(), slow.receive, slow.send))
    await slow.holding.wait()
    await owner_connection.execute("update files.files set lease_until = now() where tenant_id = $1", tenants.acme.id)
    slow.holding.clear()
    slow.let_go.set()
    await slow.holding.wait()

    is_left = "select lease_until > now() + interval '5 minutes' from files.files where tenant_id = $1"
    async with asyncio.timeout(10):
        while not await owner_connection.fetchval(is_left, tenants.acme.id):  # noqa: ASYNC110  # another task writes it
            await asyncio.sleep(0.01)
    uploading.cancel()
    await asyncio.gather(uploading, return_exceptions=True)
