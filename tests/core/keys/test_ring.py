"""Each tenant and each person has a key of its own: sealed for one place, replaced without loss, destroyed for good."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID
from core.errors import RefusedError
from core.ids import new_id
from core.keys import care, ring as rings
from core.keys.errors import ErasedError
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.keys.root_file import RootFile, RootKeyError, make, path_of
from core.keys.sealed import Place, SealedValueError, key_id_of

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from core.settings import Settings

WRAPPED_BY = """
    select distinct k.version from platform.person_keys p join platform.tenant_keys k on k.id = p.tenant_key_id
    where p.tenant_id = $1
"""
PLAIN = "Grüße an alle".encode()


@pytest.fixture
def tenant_id() -> UUID:
    return new_id()


def of_tenant(tenant_id: UUID) -> Place:
    return Place("files.files.note", tenant_id, "row-1")


def of_person(tenant_id: UUID, person_id: UUID) -> Place:
    return Place("files.files.note", tenant_id, "row-1", person_id)


async def test_what_is_sealed_opens_at_its_place(ring: KeyRing, tenant_id: UUID) -> None:
    for place in (of_tenant(tenant_id), of_person(tenant_id, new_id())):
        sealed = await ring.seal(PLAIN, place)
        assert PLAIN not in sealed
        assert await ring.open(sealed, place) == PLAIN
        assert await ring.seal(PLAIN, place) != sealed


async def test_a_value_that_is_moved_does_not_open(ring: KeyRing, tenant_id: UUID) -> None:
    person_id, colleague_id = new_id(), new_id()
    place = of_person(tenant_id, person_id)
    sealed = await ring.seal(PLAIN, place)
    moved = [
        replace(place, column="files.files.name"),
        replace(place, row="row-2"),
        replace(place, person_id=colleague_id),
        replace(place, person_id=None),
        replace(place, tenant_id=new_id()),
    ]
    for elsewhere in moved:
        with pytest.raises(SealedValueError):
            await ring.open(sealed, elsewhere)
    ours = await ring.seal(PLAIN, of_tenant(tenant_id))
    with pytest.raises(SealedValueError):
        await ring.open(ours, of_tenant(new_id()))


@pytest.mark.parametrize("value", [b"", b"\x02", b"\x01" + bytes(60), b"\x02" + bytes(60)])
async def test_what_was_never_sealed_is_told_from_a_value(ring: KeyRing, tenant_id: UUID, value: bytes) -> None:
    with pytest.raises(SealedValueError):
        await ring.open(value, of_tenant(tenant_id))


async def test_every_changed_byte_is_noticed(ring: KeyRing, tenant_id: UUID) -> None:
    sealed = await ring.seal(b"x", of_tenant(tenant_id))
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealedValueError):
            await ring.open(changed, of_tenant(tenant_id))


async def test_a_first_burst_makes_one_key(
    settings: Settings, db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID
) -> None:
    person_id = new_id()
    processes = [KeyRing(db, open_kms(settings)) for _ in range(4)]
    places = [of_tenant(tenant_id), of_person(tenant_id, person_id)]
    sealed = await asyncio.gather(*(each.seal(PLAIN, place) for each in processes for place in places))
    assert len({key_id_of(value) for value in sealed}) == 2
    for table in ("tenant_keys", "person_keys"):
        query = f"select count(*) from platform.{table} where tenant_id = $1"  # noqa: S608
        assert await owner_connection.fetchval(query, tenant_id) == 1


async def test_no_key_is_stored_as_it_is(
    ring: KeyRing, owner_connection: asyncpg.Connection, settings: Settings, tenant_id: UUID
) -> None:
    await ring.seal(PLAIN, of_person(tenant_id, new_id()))
    row = await owner_connection.fetchrow(
        "select id, wrapped from platform.tenant_keys where tenant_id = $1", tenant_id
    )
    key = await ring.kms.unwrap(row["wrapped"], f"tenant_keys/{tenant_id}/{row['id']}")
    assert len(key) == 32
    person = await owner_connection.fetchval("select wrapped from platform.person_keys where tenant_id = $1", tenant_id)
    roots = path_of(settings.kms_url).read_text().split()[1::2]
    for secret in (key, *map(bytes.fromhex, roots)):
        assert secret not in row["wrapped"]
        assert secret not in person


# --- replaced ---------------------------------------------------------------------------------------------------------


async def test_a_new_version_seals_and_the_old_one_opens(ring: KeyRing, db: Database, tenant_id: UUID) -> None:
    person_id = new_id()
    places = [of_tenant(tenant_id), of_person(tenant_id, person_id)]
    before = [await ring.seal(PLAIN, place) for place in places]
    assert await care.rotate_tenant(db, ring, tenant_id) == 2
    after = [await ring.seal(PLAIN, place) for place in places]
    assert key_id_of(after[0]) != key_id_of(before[0])
    assert key_id_of(after[1]) == key_id_of(before[1])  # the person's own, wrapped anew
    for place, *values in zip(places, before, after, strict=True):
        assert [await ring.open(value, place) for value in values] == [PLAIN, PLAIN]


async def test_another_process_opens_what_a_version_sealed_that_it_has_not_heard_of(
    ring: KeyRing, settings: Settings, db: Database, tenant_id: UUID
) -> None:
    other = KeyRing(db, open_kms(settings))
    await other.seal(PLAIN, of_tenant(tenant_id))
    await care.rotate_tenant(db, ring, tenant_id)
    assert await other.open(await ring.seal(PLAIN, of_tenant(tenant_id)), of_tenant(tenant_id)) == PLAIN


async def test_the_keys_of_a_thousand_people_are_wrapped_by_the_new_version(
    ring: KeyRing, db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care, "BATCH", 7)
    places = [of_person(tenant_id, new_id()) for _ in range(20)]
    sealed = [await ring.seal(PLAIN, place) for place in places]
    await care.rotate_tenant(db, ring, tenant_id)
    assert [row[0] for row in await owner_connection.fetch(WRAPPED_BY, tenant_id)] == [2]
    assert [await ring.open(value, place) for value, place in zip(sealed, places, strict=True)] == [PLAIN] * 20


async def test_a_key_that_is_old_enough_is_replaced_by_itself(
    settings: Settings, db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID
) -> None:
    first = await KeyRing(db, open_kms(settings)).newest(tenant_id)
    await owner_connection.execute(
        "update platform.tenant_keys set created_at = created_at - $2::interval where tenant_id = $1",
        *(tenant_id, rings.KEY_AGE + timedelta(minutes=1)),
    )
    processes = [KeyRing(db, open_kms(settings)) for _ in range(3)]
    new = {key.id for key in await asyncio.gather(*(each.newest(tenant_id) for each in processes))}
    assert len(new) == 1
    assert first.id not in new


async def test_a_new_root_wraps_the_keys_of_all_tenants(settings: Settings, db: Database, tmp_path: Path) -> None:
    """The old root can then be taken away: everything still opens."""
    copy = tmp_path / "root_key"
    copy.write_bytes(path_of(settings.kms_url).read_bytes())
    copy.chmod(0o600)
    ring = KeyRing(db, RootFile(copy))
    tenants = [new_id(), new_id()]
    sealed = [await ring.seal(PLAIN, of_tenant(tenant_id)) for tenant_id in tenants]
    added = RootFile(copy).add()
    try:
        assert await care.rotate_root(db, ring) >= len(tenants)
        lines = copy.read_text().splitlines(keepends=True)
        copy.write_text("".join(line for line in lines if line.startswith(added)))
        alone = KeyRing(db, RootFile(copy))
        opened = [await alone.open(value, of_tenant(tenant)) for value, tenant in zip(sealed, tenants, strict=True)]
        assert opened == [PLAIN, PLAIN]
    finally:  # the other tests' keys are wrapped by their own root again
        copy.write_text("".join([lines[-1], *lines[:-1]]))
        await care.rotate_root(db, ring)


async def test_a_root_that_has_wrapped_nothing_opens_nothing(db: Database, ring: KeyRing, tmp_path: Path) -> None:
    await ring.newest(new_id())
    make(tmp_path / "root_key")
    with pytest.raises(RootKeyError, match="does not hold"):
        await care.check_root(db, KeyRing(db, RootFile(tmp_path / "root_key")))
    await care.check_root(db, ring)


# --- destroyed --------------------------------------------------------------------------------------------------------


async def test_nothing_of_a_tenant_opens_after_its_keys_are_destroyed(
    ring: KeyRing, db: Database, tenant_id: UUID
) -> None:
    other_id, places = new_id(), [of_tenant(tenant_id), of_person(tenant_id, new_id())]
    sealed = [await ring.seal(PLAIN, place) for place in places]
    kept = await ring.seal(PLAIN, of_tenant(other_id))
    await care.rotate_tenant(db, ring, tenant_id)
    await care.shred_tenant(db, ring, tenant_id)
    for place, value in zip(places, sealed, strict=True):
        with pytest.raises(ErasedError):
            await ring.open(value, place)
        with pytest.raises(ErasedError):
            await ring.seal(PLAIN, place)
    with pytest.raises(ErasedError):
        await ring.seal(PLAIN, of_person(tenant_id, new_id()))
    with pytest.raises(ErasedError):
        await care.rotate_tenant(db, ring, tenant_id)
    assert await ring.open(kept, of_tenant(other_id)) == PLAIN


async def test_no_key_is_left_in_the_tables(
    ring: KeyRing, db: Database, owner_connection: asyncpg.Connection, tenant_id: UUID
) -> None:
    await ring.seal(PLAIN, of_person(tenant_id, new_id()))
    await care.shred_tenant(db, ring, tenant_id)
    for table in ("tenant_keys", "person_keys"):
        query = f"select count(*), count(wrapped) from platform.{table} where tenant_id = $1"  # noqa: S608
        assert tuple(await owner_connection.fetchrow(query, tenant_id)) == (1, 0)


async def test_a_person_is_forgotten_and_their_colleagues_are_not(ring: KeyRing, db: Database, tenant_id: UUID) -> None:
    person_id, colleague_id = new_id(), new_id()
    gone, kept = of_person(tenant_id, person_id), of_person(tenant_id, colleague_id)
    sealed = [await ring.seal(PLAIN, place) for place in (gone, kept)]
    elsewhere = of_person(new_id(), person_id)
    abroad = await ring.seal(PLAIN, elsewhere)
    await care.shred_person(db, ring, tenant_id, person_id)
    with pytest.raises(ErasedError):
        await ring.open(sealed[0], gone)
    with pytest.raises(ErasedError):
        await ring.seal(PLAIN, gone)
    assert await ring.open(sealed[1], kept) == PLAIN
    assert await ring.open(abroad, elsewhere) == PLAIN


async def test_what_never_had_a_key_gets_none_after_it_was_erased(ring: KeyRing, db: Database) -> None:
    tenant_id, person_id = new_id(), new_id()
    await care.shred_person(db, ring, tenant_id, person_id)
    with pytest.raises(ErasedError):
        await ring.seal(PLAIN, of_person(tenant_id, person_id))
    untouched = new_id()
    await care.shred_tenant(db, ring, untouched)
    with pytest.raises(ErasedError):
        await ring.seal(PLAIN, of_tenant(untouched))
    await care.shred_tenant(db, ring, untouched)  # again changes nothing


async def test_a_new_version_and_the_end_of_a_tenant_that_meet_leave_no_key(
    settings: Settings, db: Database, owner_connection: asyncpg.Connection
) -> None:
    for _ in range(6):
        tenant_id, each = new_id(), [KeyRing(db, open_kms(settings)) for _ in range(3)]
        await each[0].newest(tenant_id)
        await asyncio.gather(
            care.rotate_tenant(db, each[0], tenant_id),
            each[1].seal(PLAIN, of_person(tenant_id, new_id())),
            care.shred_tenant(db, each[2], tenant_id),
            return_exceptions=True,
        )
        for table in ("tenant_keys", "person_keys"):
            query = f"select count(wrapped) from platform.{table} where tenant_id = $1"  # noqa: S608
            assert await owner_connection.fetchval(query, tenant_id) == 0


async def test_the_platforms_own_keys_stay(ring: KeyRing, db: Database) -> None:
    with pytest.raises(RefusedError):
        await care.shred_tenant(db, ring, HOME_TENANT_ID)
    assert not await ring.is_erased(HOME_TENANT_ID)
