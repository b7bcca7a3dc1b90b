"""A key that was destroyed is used by no process any more, whether it hears of it or not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from core.keys import care, ring as rings
from core.keys.errors import ErasedError
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.keys.sealed import Place
from core.keys.watch import KeyWatch
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from core.settings import Settings

LISTENING = "select pid from pg_stat_activity where application_name = 'adx keys' and datname = current_database()"


@pytest.fixture
async def tenant_id(ring: KeyRing) -> UUID:
    """A tenant with a key, made before anybody listens."""
    made = new_id()
    await ring.newest(made)
    return made


@pytest.fixture
async def watched(
    settings: Settings,
    db: Database,
    tenant_id: UUID,  # noqa: ARG001  # whose key is there before anybody listens
) -> AsyncIterator[tuple[KeyRing, KeyWatch]]:
    ring = KeyRing(db, open_kms(settings))
    watch = KeyWatch(settings, ring)
    watch.start()
    await asyncio.wait_for(watch.listening.wait(), 10)
    yield ring, watch
    await watch.stop()


async def test_a_destroyed_key_is_forgotten_by_a_process_that_listens(
    watched: tuple[KeyRing, KeyWatch], ring: KeyRing, db: Database, tenant_id: UUID
) -> None:
    other, _ = watched
    place, other_place = Place("a.b.c", new_id(), "1"), Place("a.b.c", tenant_id, "1")
    sealed = await other.seal(b"x", place)
    await other.seal(b"x", other_place)
    await care.shred_tenant(db, ring, place.tenant_id)
    await eventually(lambda: _forgets(other, sealed, place))
    assert other_place.tenant_id in other._remembered


async def test_it_remembers_for_minutes_while_it_hears(watched: tuple[KeyRing, KeyWatch], tenant_id: UUID) -> None:
    ring, _ = watched
    await ring.newest(tenant_id)
    _make_older(ring, rings.SECONDS_UNHEARD + 1)
    assert ring._recall(tenant_id) is not None
    _make_older(ring, rings.SECONDS_REMEMBERED)
    assert ring._recall(tenant_id) is None


async def test_it_remembers_for_seconds_when_it_does_not(ring: KeyRing) -> None:
    tenant_id = new_id()
    await ring.newest(tenant_id)
    assert ring._recall(tenant_id) is not None
    _make_older(ring, rings.SECONDS_UNHEARD)
    assert ring._recall(tenant_id) is None


async def test_what_was_told_while_the_connection_was_away_counts(
    watched: tuple[KeyRing, KeyWatch], ring: KeyRing, db: Database, owner_connection: asyncpg.Connection
) -> None:
    other, watch = watched
    place = Place("a.b.c", new_id(), "1")
    sealed = await other.seal(b"x", place)
    for row in await owner_connection.fetch(LISTENING):
        await owner_connection.execute("select pg_terminate_backend($1)", row["pid"])
    await eventually(lambda: _is(not watch.listening.is_set()))
    await care.shred_tenant(db, ring, place.tenant_id)
    await asyncio.wait_for(watch.listening.wait(), 10)
    with pytest.raises(ErasedError):
        await other.open(sealed, place)


async def test_a_key_that_is_being_fetched_when_it_is_destroyed_is_not_remembered(
    settings: Settings, db: Database, ring: KeyRing
) -> None:
    tenant_id, unwrapping, go_on = new_id(), asyncio.Event(), asyncio.Event()
    await ring.newest(tenant_id)
    slow = KeyRing(db, open_kms(settings))
    unwrap = slow.kms.unwrap

    async def unwrap_slowly(wrapped: bytes, context: str) -> bytes:
        unwrapping.set()
        await go_on.wait()
        return await unwrap(wrapped, context)

    slow.kms.unwrap = unwrap_slowly  # type: ignore[method-assign]  # to hold it there
    fetching = asyncio.create_task(slow.newest(tenant_id))
    await unwrapping.wait()
    await care.shred_tenant(db, ring, tenant_id)
    slow.forget(tenant_id)  # as the watch does
    go_on.set()
    await fetching
    with pytest.raises(ErasedError):
        await slow.newest(tenant_id)


async def _forgets(ring: KeyRing, sealed: bytes, place: Place) -> bool:
    try:
        await ring.open(sealed, place)
    except ErasedError:
        return True
    return False


async def _is(value: bool) -> bool:  # noqa: FBT001
    return value


def _make_older(ring: KeyRing, seconds: float) -> None:
    for item in ring._remembered.values():
        item.read_at -= seconds
    assert all(item.read_at < time.monotonic() for item in ring._remembered.values())
