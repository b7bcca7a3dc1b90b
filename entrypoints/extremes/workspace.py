"""The two workspaces: one full of extremes, one with nothing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.tenants import service
from domain.tenants.repository import TenantRepository
from entrypoints.extremes.brand import add_brand
from entrypoints.extremes.files import SPACE, add_bytes, add_files
from entrypoints.extremes.names import GERMAN
from entrypoints.extremes.notices import add_notices
from entrypoints.extremes.people import add_people, add_sessions
from entrypoints.extremes.runs import add_runs
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from core.context import Person
    from core.db import Database
    from core.storage import Storage
    from domain.tenants.types import NewTenant

LONGEST_NAME = 80
EMAIL = "eve@example.com"
PERSON = GERMAN
FULL = ("extreme", GERMAN[:LONGEST_NAME])
EMPTY = ("empty", "Ø")
LIMITS = service.STARTING_LIMITS | {"files.bytes": SPACE, "members": 999_999_999}
DONE = "extremes"


async def fill(db: Database, storage: Storage, new: NewTenant, founder: Person) -> None:
    """Fill a workspace with extremes; does nothing to one that is full already.

    Each feature writes its own rows, as its role and within its policies, in one transaction.
    """
    known = REGISTRY.contracts
    async with db.unit_of_work(new.id, "tenants", actor_id=founder.id) as uow:
        if not await uow.once(DONE):
            return
        people = await add_people(uow, founder)
        tenants = TenantRepository(uow.session)
        await tenants.revoke_entitlements(new.id)
        await tenants.entitle(new.id, LIMITS)
    async with db.unit_of_work(new.id, "files", actor_id=founder.id) as uow:
        files = await add_files(uow, [person.id for person in people])
    await add_bytes(storage, files)
    in_work = [file for file in files if file.state == "pending"]
    async with db.unit_of_work(new.id, "runs", actor_id=founder.id) as uow:
        await add_runs(uow, known, people, in_work)
    async with db.unit_of_work(new.id, "notifications", actor_id=founder.id) as uow:
        add_notices(uow, list(known.values()), founder.id)
    async with db.unit_of_work(new.id, "branding", actor_id=founder.id) as uow:
        await add_brand(uow, founder)
    await add_sessions(db, founder)
