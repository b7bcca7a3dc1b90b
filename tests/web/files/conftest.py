"""Uploads as a browser sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from core.storage import Storage
from tests.support.visitor import Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from uuid import UUID

    import asyncpg

    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.visitor import Visitor

    Upload = Callable[..., Awaitable[Answer]]

SPACE = 10_000_000


@pytest.fixture
async def tenants(two_tenants: TwoTenants, owner_connection: asyncpg.Connection) -> TwoTenants:
    """Two tenants that may keep ten megabytes each."""
    for tenant in (two_tenants.acme, two_tenants.globex):
        await owner_connection.execute(
            "insert into platform.entitlements values ($1, 'files.bytes', $2)", tenant.id, SPACE
        )
    return two_tenants


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage.from_url(settings.storage_url)


async def upload(
    visitor: Visitor, tenant: TestTenant, content: bytes, name: str = "photo.jpg", *, visit: bool = True, **headers: str
) -> Answer:
    """Send the form of the page with one file; without a ``visit`` of the page, with the token of an earlier one."""
    if visit:
        await visitor.get(tenant.url("/files"))
    return await _send(visitor, tenant, [(name, content)], headers)


async def upload_many(visitor: Visitor, tenant: TestTenant, count: int) -> Answer:
    """Send the form of the page with so many files."""
    await visitor.get(tenant.url("/files"))
    return await _send(visitor, tenant, [(f"{number}.jpg", b"content") for number in range(count)], {})


async def _send(
    visitor: Visitor, tenant: TestTenant, files: list[tuple[str, bytes]], headers: Mapping[str, str]
) -> Answer:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    cookies = "; ".join(f"{key}={value}" for key, value in visitor.cookies[tenant.host].items())
    transport = httpx.ASGITransport(visitor._application, client=(visitor.address, 50000))
    async with httpx.AsyncClient(transport=transport, timeout=20) as client:
        response = await client.post(
            tenant.url("/files"),
            data={"csrf_token": visitor._csrf[tenant.host]},
            files=[("file", (name, content, "image/jpeg")) for name, content in files],
            headers={"Cookie": cookies, "Accept-Language": "en", **more},
        )
    return Answer(response.status_code, response.headers, response.content)


async def make_ready(owner: asyncpg.Connection, tenant: TestTenant) -> UUID:
    """Open the tenant's newest file, as the ingest does after all its checks."""
    row = await owner.fetchrow(
        """update files.files set state = 'ready', type = 'image/jpeg', scanner = 'YARA-X'
           where tenant_id = $1 returning id""",
        tenant.id,
    )
    file_id: UUID = row["id"]
    return file_id
