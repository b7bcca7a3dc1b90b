from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import ConflictError, QuotaError
from core.storage import Stored
from domain.files import quota, service
from domain.files.repository import FileRepository

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from tests.support.tenant_fixtures import TestTenant, TwoTenants

LIMIT = 30_000_000_000
"""Enough for files that do not fit into 32 bits."""


@pytest.fixture
async def acme(two_tenants: TwoTenants, owner_connection: asyncpg.Connection) -> TestTenant:
    for tenant in (two_tenants.acme, two_tenants.globex):
        await owner_connection.execute(
            "insert into platform.entitlements values ($1, 'files.bytes', $2)", tenant.id, LIMIT
        )
    return two_tenants.acme


async def begin(db: Database, tenant: TestTenant, size: int) -> UUID | None:
    """Begin an upload; None when it is refused."""
    try:
        async with db.unit_of_work(tenant.context(), "files") as uow:
            file = await service.begin_upload(uow, tenant.people["member"].id, "a", "image/jpeg", size)
    except QuotaError:
        return None
    return file.id


async def keep(db: Database, tenant: TestTenant, file_id: UUID, arrived: int) -> int | None:
    """Let so much of a file arrive, and return what it holds then; None, and it is gone, where that is refused."""
    try:
        async with db.unit_of_work(tenant.context(), "files") as uow:
            return await service.keep_upload(uow, file_id, arrived, 0)
    except QuotaError:
        async with db.unit_of_work(tenant.context(), "files") as uow:
            assert await service.abandon_upload(uow, file_id)
    return None


async def usage(db: Database, tenant: TestTenant) -> quota.Usage:
    async with db.unit_of_work(tenant.context(), "files") as uow:
        return await quota.usage_of(uow)


async def test_100_uploads_at_once_never_pass_the_limit(
    db: Database, acme: TestTenant, two_tenants: TwoTenants
) -> None:
    size = LIMIT // 10

    async def arrive() -> int | None:
        file_id = await begin(db, acme, size)
        return await keep(db, acme, file_id, size) if file_id else None

    held = [size for size in await asyncio.gather(*(arrive() for _ in range(100))) if size]

    assert len(held) in {9, 10}, "as many as fit beside the first steps of the others"
    assert await usage(db, acme) == quota.Usage(LIMIT, 0, sum(held))
    assert sum(held) <= LIMIT
    assert await usage(db, two_tenants.globex) == quota.Usage(LIMIT, 0, 0)


async def test_the_last_byte_can_be_used(db: Database, acme: TestTenant) -> None:
    file_id = await begin(db, acme, LIMIT)
    assert file_id
    assert await keep(db, acme, file_id, LIMIT) == LIMIT
    assert await begin(db, acme, 1) is None


async def test_more_than_is_free_is_refused_before_a_byte_is_taken(db: Database, acme: TestTenant) -> None:
    assert await begin(db, acme, LIMIT + 1) is None
    assert (await usage(db, acme)).reserved == 0


async def test_an_upload_holds_a_step_more_than_has_arrived(db: Database, acme: TestTenant) -> None:
    file_id = await begin(db, acme, LIMIT)
    assert file_id
    assert (await usage(db, acme)).reserved == quota.STEP, "however large it says that it will be"

    held = [await keep(db, acme, file_id, arrived) for arrived in (quota.STEP + 1, 2 * quota.STEP + 2, 10**9)]

    assert held == [2 * quota.STEP + 1, 4 * quota.STEP + 3, 10**9]
    assert (await usage(db, acme)).reserved == held[-1]
    assert await begin(db, acme, LIMIT - 10**9), "the rest is free for others"


@pytest.mark.parametrize("first", [1000, 900])
async def test_an_upload_holds_half_of_what_is_free_at_most(
    db: Database, acme: TestTenant, owner_connection: asyncpg.Connection, first: int
) -> None:
    await owner_connection.execute(
        "update platform.entitlements set value = 1000 where tenant_id = $1 and key = 'files.bytes'", acme.id
    )
    assert await begin(db, acme, first)
    assert (await usage(db, acme)).reserved == 500
    second = await begin(db, acme, 500)
    assert second
    assert (await usage(db, acme)).reserved == 750
    assert await keep(db, acme, second, 300) == 375
    assert await keep(db, acme, second, 500) == 500
    assert (await usage(db, acme)).reserved == 1000
    assert await keep(db, acme, second, 501) is None
    assert (await usage(db, acme)).reserved == 500


async def test_an_upload_that_was_given_up_is_told_so(
    db: Database, acme: TestTenant, owner_connection: asyncpg.Connection
) -> None:
    file_id = await begin(db, acme, 1000)
    assert file_id
    await owner_connection.execute("update files.files set lease_until = now() where id = $1", file_id)
    async with db.unit_of_work(acme.id, "files") as uow:
        assert await FileRepository(uow.session).stale_uploads(timedelta(hours=24)) == [file_id]
    assert await keep(db, acme, file_id, 10), "whoever comes before the tidy goes on"
    async with db.unit_of_work(acme.id, "files") as uow:
        assert await FileRepository(uow.session).stale_uploads(timedelta(hours=24)) == []
        assert await service.abandon_upload(uow, file_id)

    with pytest.raises(ConflictError) as refused:
        await keep(db, acme, file_id, 20)
    assert refused.value.code == "given_up"
    assert (await usage(db, acme)).reserved == 0


async def test_without_an_entitlement_nothing_fits(db: Database, two_tenants: TwoTenants) -> None:
    assert await begin(db, two_tenants.acme, 1) is None


async def test_each_move_counts_once_however_often_it_is_made(db: Database, acme: TestTenant) -> None:
    file_id = await begin(db, acme, 1000)
    assert file_id
    seen = []
    for move in (quota.use, quota.use, quota.unuse, quota.unuse, quota.use, quota.release, quota.release, quota.use):
        async with db.unit_of_work(acme.id, "files") as uow:
            await move(uow, file_id)
        now = await usage(db, acme)
        seen.append((now.used, now.reserved))

    assert seen == [(1000, 0), (1000, 0), (0, 1000), (0, 1000), (1000, 0), (0, 0), (0, 0), (0, 0)]


async def test_the_reservation_shrinks_to_what_has_arrived(db: Database, acme: TestTenant) -> None:
    file_id = await begin(db, acme, 1000)
    assert file_id

    async with db.unit_of_work(acme.context(), "files") as uow:
        await service.complete_upload(uow, file_id, Stored(400, b"digest"))

    assert await usage(db, acme) == quota.Usage(LIMIT, 0, 400)


async def test_an_upload_that_came_whole_is_not_abandoned(db: Database, acme: TestTenant) -> None:
    file_id = await begin(db, acme, 1000)
    assert file_id
    async with db.unit_of_work(acme.context(), "files") as uow:
        await service.complete_upload(uow, file_id, Stored(1000, b"digest"))

    async with db.unit_of_work(acme.context(), "files") as uow:
        assert await service.abandon_upload(uow, file_id) is False

    assert (await usage(db, acme)).reserved == 1000


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("C:\\Users\\ada\\photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("tab\there\n.txt", "tabhere.txt"),
        ("u\u0308ber.pdf", "über.pdf"),
        ("x" * 300, "x" * 200),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("a\0b\ud800\u200b.txt", "ab.txt"),
        ("  ", "file"),
        ("folder/", "file"),
    ],
)
def test_names_are_tidied(sent: str, kept: str) -> None:
    assert service.tidy_name(sent) == kept
