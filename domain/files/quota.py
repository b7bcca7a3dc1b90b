"""The space of a tenant, exact under any concurrency.

Every file says in its ``charge`` how its size counts: reserved while it is received and looked at, used once it is
ready, none when it is blocked. Each function moves a charge and the tenant's sums in one statement, and does nothing
when the file is charged so already; so every one may be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from domain.files.errors import over_quota

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import TextClause

    from core.db import UnitOfWork

LIMIT = "coalesce((select value from platform.entitlements where tenant_id = :tenant_id and key = 'files.bytes'), 0)"

USAGE = text(f"""
    select {LIMIT} as size_limit, coalesce(sum(used), 0)::bigint as used, coalesce(sum(reserved), 0)::bigint as reserved
    from files.usage where tenant_id = :tenant_id
""")  # noqa: S608  # made of the constant above
# The row is locked before its condition is checked, so parallel reservations queue up and see each other.
RESERVE = text(f"""
    insert into files.usage as u (tenant_id, used, reserved)
    select :tenant_id, 0, :size where :size <= {LIMIT}
    on conflict (tenant_id) do update set reserved = u.reserved + excluded.reserved
        where u.used + u.reserved + excluded.reserved <= {LIMIT}
    returning tenant_id
""")  # made of the constant above
SHRINK = text("""
    with changed as (
        update files.files set size = :size where tenant_id = :tenant_id and id = :file_id and charge = 'reserved'
        returning old.size - new.size as surplus)
    update files.usage u set reserved = u.reserved - changed.surplus from changed where u.tenant_id = :tenant_id
""")
USE = text("""
    with moved as (
        update files.files set charge = 'used' where tenant_id = :tenant_id and id = :file_id and charge = 'reserved'
        returning size)
    update files.usage u set used = u.used + moved.size, reserved = u.reserved - moved.size
    from moved where u.tenant_id = :tenant_id
""")
UNUSE = text("""
    with moved as (
        update files.files set charge = 'reserved' where tenant_id = :tenant_id and id = :file_id and charge = 'used'
        returning size)
    update files.usage u set used = u.used - moved.size, reserved = u.reserved + moved.size
    from moved where u.tenant_id = :tenant_id
""")
RELEASE = text("""
    with freed as (
        update files.files set charge = 'none' where tenant_id = :tenant_id and id = :file_id and charge <> 'none'
        returning old.size, old.charge)
    update files.usage u
    set used = u.used - case freed.charge when 'used' then freed.size else 0 end,
        reserved = u.reserved - case freed.charge when 'reserved' then freed.size else 0 end
    from freed where u.tenant_id = :tenant_id
""")


@dataclass(frozen=True, slots=True)
class Usage:
    """The space of a tenant in bytes."""

    limit: int
    used: int
    reserved: int

    @property
    def free(self) -> int:
        """What is left for new files."""
        return max(0, self.limit - self.used - self.reserved)


async def usage_of(uow: UnitOfWork) -> Usage:
    """Return what the tenant may use and does use."""
    row = (await uow.session.execute(USAGE, {"tenant_id": uow.tenant_id})).one()
    return Usage(row.size_limit, row.used, row.reserved)


async def reserve(uow: UnitOfWork, size: int) -> None:
    """Reserve ``size`` bytes, all of them or none; raises QuotaError when they would pass the limit."""
    reserved = await uow.session.execute(RESERVE, {"tenant_id": uow.tenant_id, "size": size})
    if reserved.first() is None:
        raise over_quota((await usage_of(uow)).free, size)


async def shrink(uow: UnitOfWork, file_id: UUID, size: int) -> None:
    """Correct the reserved size of a file to what has really arrived."""
    await uow.session.execute(SHRINK, {"tenant_id": uow.tenant_id, "file_id": file_id, "size": size})


async def use(uow: UnitOfWork, file_id: UUID) -> None:
    """Turn a file's reservation into use."""
    await _move(uow, USE, file_id)


async def unuse(uow: UnitOfWork, file_id: UUID) -> None:
    """Turn a file's use back into a reservation."""
    await _move(uow, UNUSE, file_id)


async def release(uow: UnitOfWork, file_id: UUID) -> None:
    """Give back whatever the file takes."""
    await _move(uow, RELEASE, file_id)


async def _move(uow: UnitOfWork, statement: TextClause, file_id: UUID) -> None:
    await uow.session.execute(statement, {"tenant_id": uow.tenant_id, "file_id": file_id})
