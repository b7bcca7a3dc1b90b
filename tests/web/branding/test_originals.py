"""What was uploaded is kept while something refers to it, and no longer."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from obstore.exceptions import GenericError

from core.ids import new_id
from domain.branding import service
from domain.branding.repository import BrandRepository
from domain.branding.types import Finished, Publication, Sheet
from tests.support.waiting import eventually
from tests.web.branding.conftest import CHOICES, GREEN, png, send_picture
from workflows.branding.start import start_publication

if TYPE_CHECKING:
    import asyncpg
    import pytest

    from core.db import Database
    from core.storage import Storage
    from tests.support.tenant_fixtures import TestTenant, TwoTenants
    from tests.support.web_fixtures import SignIn

FIRST, SECOND, THIRD = (png((size, 50)) for size in (100, 200, 300))
WAITING = """
    select exists (select from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and not l.granted and d.datname = current_database())
"""
END_RUNS = "update platform.runs set state = 'done', ended_at = now() where tenant_id = $1"


async def originals(storage: Storage, tenant: TestTenant) -> set[str]:
    folder = service.originals_folder(tenant.id)
    return {found.key.rpartition("/")[2] async for found in storage.list(folder)}


def names(*contents: bytes) -> set[str]:
    return {hashlib.sha256(content).hexdigest() for content in contents}


async def publish_draft(db: Database, tenant: TestTenant) -> int:
    """Make a version of the draft, without its workflow; returns its number."""
    admin = tenant.people["admin"]
    async with db.unit_of_work(tenant.id, "branding", actor_id=admin.id) as uow:
        assets = await service.assets_to_publish(uow)
        wanted = Publication(tenant.id, admin.id, admin.name, new_id(), GREEN, assets)
        await service.publish(uow, Finished(wanted, (), Sheet("", wanted.version_id.hex)))
        return (await BrandRepository(uow.session).versions())[0].number


async def test_a_picture_that_is_replaced_is_erased(two_tenants: TwoTenants, sign_in: SignIn, storage: Storage) -> None:
    acme, globex = two_tenants.acme, two_tenants.globex
    admin, other = await sign_in(acme, "admin"), await sign_in(globex, "admin")
    await send_picture(other, globex, FIRST)
    await send_picture(admin, acme, FIRST)

    assert (await send_picture(admin, acme, SECOND)).status == 303

    assert await originals(storage, acme) == names(SECOND)
    assert await originals(storage, globex) == names(FIRST)


async def test_a_picture_that_is_used_twice_stays_until_both_are_gone(
    two_tenants: TwoTenants, sign_in: SignIn, storage: Storage
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    for kind in ("logo", "favicon"):
        await send_picture(admin, acme, FIRST, kind)
    await admin.post(acme.url("/admin/branding/pictures/logo/removal"))
    assert await originals(storage, acme) == names(FIRST)
    await admin.post(acme.url("/admin/branding/pictures/favicon/removal"))
    assert await originals(storage, acme) == set()


async def test_what_a_version_was_made_from_stays(
    two_tenants: TwoTenants, sign_in: SignIn, storage: Storage, db: Database
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await send_picture(admin, acme, FIRST)
    number = await publish_draft(db, acme)

    await send_picture(admin, acme, SECOND)
    assert await originals(storage, acme) == names(FIRST, SECOND)
    await admin.post(acme.url(f"/admin/branding/versions/{number}/restoration"))
    assert await originals(storage, acme) == names(FIRST)
    await send_picture(admin, acme, THIRD)
    await admin.post(acme.url("/admin/branding/draft/removal"))

    assert await originals(storage, acme) == names(FIRST)
    (image,) = (await admin.get(acme.url("/admin/branding"))).html.one("div", id="picture-logo").all("img")
    assert (await admin.get(acme.url(image.attributes["src"]))).content == FIRST


async def test_what_a_publication_under_way_needs_stays_until_it_has_ended(
    two_tenants: TwoTenants, sign_in: SignIn, storage: Storage, owner_connection: asyncpg.Connection
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await send_picture(admin, acme, FIRST)
    assert (await admin.post(acme.url("/admin/branding/publication"), CHOICES)).status == 303

    await send_picture(admin, acme, SECOND)
    assert await originals(storage, acme) == names(FIRST, SECOND)

    await owner_connection.execute(END_RUNS, acme.id)
    await send_picture(admin, acme, THIRD)
    assert await originals(storage, acme) == names(THIRD)


async def test_what_is_being_launched_loses_no_picture_to_a_change_at_the_same_moment(
    *,
    two_tenants: TwoTenants,
    sign_in: SignIn,
    storage: Storage,
    db: Database,
    owner_connection: asyncpg.Connection,
) -> None:
    acme = two_tenants.acme
    person, admin = acme.people["admin"], await sign_in(acme, "admin")
    await send_picture(admin, acme, FIRST)

    async def somebody_waits() -> bool:
        return bool(await owner_connection.fetchval(WAITING))

    async with db.unit_of_work(acme.id, "branding", actor_id=person.id) as uow:
        assets = await service.assets_to_publish(uow)
        replaced = asyncio.create_task(send_picture(admin, acme, SECOND))
        await eventually(somebody_waits)
        await start_publication(uow, Publication(acme.id, person.id, person.name, new_id(), GREEN, assets))

    assert (await replaced).status == 303
    assert await originals(storage, acme) == names(FIRST, SECOND)


async def test_a_storage_that_erases_nothing_keeps_nobody_from_going_on(
    two_tenants: TwoTenants, sign_in: SignIn, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = two_tenants.acme
    admin = await sign_in(acme, "admin")
    await send_picture(admin, acme, FIRST)

    async def fail(_storage: Storage, _key: str) -> None:
        raise GenericError("the storage is away")

    with monkeypatch.context() as patch:
        patch.setattr(type(storage), "delete", fail)
        assert (await send_picture(admin, acme, SECOND)).status == 303
    assert await originals(storage, acme) == names(FIRST, SECOND)

    await admin.post(acme.url("/admin/branding/pictures/favicon/removal"))
    assert await originals(storage, acme) == names(SECOND)
