"""What is kept of uploads: rows, objects and the space they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncpg

    from core.storage import Storage
    from tests.support.tenant_fixtures import TestTenant


async def files_of(owner: asyncpg.Connection, tenant: TestTenant) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await owner.fetch("select * from files.files where tenant_id = $1", tenant.id)
    return rows


async def objects_of(storage: Storage, tenant: TestTenant) -> list[str]:
    return [found.key async for found in storage.list(f"tenants/{tenant.id}/files")]


async def usage_of(owner: asyncpg.Connection, tenant: TestTenant) -> tuple[int, int]:
    row = await owner.fetchrow("select used, reserved from files.usage where tenant_id = $1", tenant.id)
    return (row["used"], row["reserved"]) if row else (0, 0)
