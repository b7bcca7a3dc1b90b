"""The space of a tenant, exact under any concurrency.

A file under way holds what has arrived and a step ahead of it, and that step is at most half of what is free: an upload
that is announced large and comes slowly, or never, keeps the space of nobody else.

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
STEP, LARGEST_STEP = 8 * 1024**2, 256 * 1024**2
"""How much is reserved ahead: as much as has arrived already, within these two."""

# The row is locked before its condition is checked, so parallel reservations queue up and see each other.
RESERVE = text(f"""
    insert into files.usage as u (tenant_id, used, reserved)
    select cast(:tenant_id as uuid), 0, least(cast(:size as bigint), :step, {LIMIT} / 2) where :size <= {LIMIT}
    on conflict (tenant_id) do update
        set reserved = u.reserved + least(cast(:size as bigint), :step, ({LIMIT} - u.used - u.reserved) / 2)
        where u.used + u.reserved + :size <= {LIMIT}
    returning new.reserved - coalesce(old.reserved, 0)
""")  # noqa: S608  # made of the constant above
EXTEND = text(f"""
    with file as (
        select size from files.files
        where tenant_id = :tenant_id and id = :file_id and state = 'receiving' and charge = 'reserved' for update),
    grown as (
        update files.usage u set reserved = u.reserved + greatest(
            cast(:arrived as bigint) - file.size, least(:step, ({LIMIT} - u.used - u.reserved) / 2))
        from file
        where u.tenant_id = :tenant_id and u.used + u.reserved + greatest(0, :arrived - file.size) <= {LIMIT}
        returning new.reserved - old.reserved as more)
    update files.files f set size = f.size + grown.more from grown
    where f.tenant_id = :tenant_id and f.id = :file_id returning f.size
""")  # noqa: S608  # made of the constant above
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

RECOUNT = text("""
    insert into files.usage (tenant_id, used, reserved)
    select :tenant_id, coalesce(sum(size) filter (where charge = 'used'), 0),
        coalesce(sum(size) filter (where charge = 'reserved'), 0)
    from files.files where tenant_id = :tenant_id
    on conflict (tenant_id) do update set used = excluded.used, reserved = excluded.reserved
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


async def reserve(uow: UnitOfWork, size: int) -> int:
    """Reserve the first step of what will be ``size`` bytes; returns how much that is.

    Raises QuotaError when they would pass the limit, all together.
    """
    wanted = {"tenant_id": uow.tenant_id, "size": size, "step": STEP}
    reserved = (await uow.session.execute(RESERVE, wanted)).scalar_one_or_none()
    if reserved is None:
        raise over_quota((await usage_of(uow)).free, size)
    return int(reserved)


async def extend(uow: UnitOfWork, file_id: UUID, arrived: int) -> int:
    """Reserve space for what has arrived of a file, and a step ahead; returns how much it holds now.

    Raises QuotaError when what has arrived would pass the limit.
    """
    step = min(max(STEP, arrived), LARGEST_STEP)
    wanted = {"tenant_id": uow.tenant_id, "file_id": file_id, "arrived": arrived, "step": step}
    held = (await uow.session.execute(EXTEND, wanted)).scalar_one_or_none()
    if held is None:
        raise over_quota((await usage_of(uow)).free, arrived)
    return int(held)


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


async def recount(uow: UnitOfWork) -> None:
    """Write the tenant's sums anew from its files, for rows that came by no upload."""
    await uow.session.execute(RECOUNT, {"tenant_id": uow.tenant_id})


async def _move(uow: UnitOfWork, statement: TextClause, file_id: UUID) -> None:
    await uow.session.execute(statement, {"tenant_id": uow.tenant_id, "file_id": file_id})
