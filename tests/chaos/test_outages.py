"""Each server refused, resetting or silent: pages that need it say so in time, the others go on, and all comes back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.factories.files import photo
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import asyncpg

    from tests.support.caller import Caller, Reply
    from tests.support.deployment import Deployment
    from tests.support.people import Owner

PAGES = ("/", "/files", "/runs", "/members")
SECONDS_TO_RECOVER = 15
SECONDS_TO_CATCH_UP = 40
TRIES_TO_LOG_IN = 10
READY = "select count(*) from files.files where tenant_id = $1 and state = 'ready'"
STATE = "select state from platform.runs where tenant_id = $1"
TURN_OUT = "select count(pg_terminate_backend(pid)) from pg_stat_activity where client_port = any($1::int[])"


def assert_says_so(replies: list[Reply]) -> None:
    """503 with the time after which to come back. How soon that is said, ``bin/ordeal`` measures; here the caller ends
    what is not answered at all.
    """
    assert {reply.status for reply in replies} == {503}, [reply.text[:500] for reply in replies if reply.status != 503]
    assert all(int(reply.headers["retry-after"]) > 0 for reply in replies)


def assert_goes_on(replies: list[Reply]) -> None:
    assert {reply.status for reply in replies} == {200}, [reply.text[:500] for reply in replies if reply.status != 200]


async def all_pages(caller: Caller) -> list[Reply]:
    return list(await asyncio.gather(*(caller.get(path) for path in PAGES)))


async def is_back(caller: Caller) -> bool:
    return {reply.status for reply in await all_pages(caller)} == {200}


async def is_ready(tables: asyncpg.Connection, owner: Owner) -> bool:
    return bool(await tables.fetchval(READY, owner.tenant.id))


@pytest.mark.parametrize("fault", ["cut", "silence"])
async def test_postgresql_cannot_be_reached(
    deployment: Deployment, deployed_tables: asyncpg.Connection, caller: Caller, owner: Owner, fault: str
) -> None:
    assert (await caller.upload("coast.jpg", photo())).status == 303
    for links in deployment.links.values():
        getattr(links.database, fault)()
    assert_says_so([*await all_pages(caller), await caller.post("/tenants", {"name": "X", "slug": "x1y"}, home=True)])
    for links in deployment.links.values():
        links.mend()
    await eventually(lambda: is_back(caller), seconds=SECONDS_TO_RECOVER)
    await eventually(lambda: is_ready(deployed_tables, owner), seconds=SECONDS_TO_CATCH_UP)


async def test_postgresql_ends_every_connection(
    deployment: Deployment, deployed_tables: asyncpg.Connection, caller: Caller, owner: Owner
) -> None:
    """What a restart or a failover does to those who are at work: told to go in the middle of it."""
    assert (await caller.upload("coast.jpg", photo())).status == 303
    replies: list[Reply] = []
    turned_out = 0
    for _ in range(3):
        asking = asyncio.create_task(all_pages(caller))
        ports = [port for links in deployment.links.values() for port in links.database.far_ports]
        turned_out += await deployed_tables.fetchval(TURN_OUT, ports)
        replies += await asking
    assert turned_out
    assert {reply.status for reply in replies} <= {200, 503}
    await eventually(lambda: is_back(caller), seconds=SECONDS_TO_RECOVER)
    await eventually(lambda: is_ready(deployed_tables, owner), seconds=SECONDS_TO_CATCH_UP)


@pytest.mark.parametrize("fault", ["cut", "silence"])
async def test_temporal_cannot_be_reached(
    deployment: Deployment, deployed_tables: asyncpg.Connection, caller: Caller, owner: Owner, fault: str
) -> None:
    for links in deployment.links.values():
        getattr(links.temporal, fault)()
    uploaded = await caller.upload("coast.jpg", photo())
    assert uploaded.status == 303
    assert_goes_on(await all_pages(caller))
    assert await deployed_tables.fetchval(STATE, owner.tenant.id) == "launching"
    run_id = await deployed_tables.fetchval("select id from platform.runs where tenant_id = $1", owner.tenant.id)
    assert_says_so([await caller.post(f"/runs/{run_id}/cancellation")])
    for links in deployment.links.values():
        links.mend()
    await eventually(lambda: is_ready(deployed_tables, owner), seconds=SECONDS_TO_CATCH_UP)


@pytest.mark.parametrize("fault", ["stopped", "silent"])
async def test_valkey_is_away(
    deployment: Deployment, deployed_tables: asyncpg.Connection, caller: Caller, owner: Owner, fault: str
) -> None:
    if fault == "stopped":
        deployment.valkey.stop()
    else:
        deployment.valkey.freeze()
    assert_goes_on(await all_pages(caller))
    assert (await caller.upload("coast.jpg", photo())).status == 303
    await eventually(lambda: is_ready(deployed_tables, owner), seconds=SECONDS_TO_CATCH_UP)
    await assert_logging_in_is_limited(caller)
    if fault == "stopped":
        await deployment.valkey.start()
    else:
        deployment.valkey.thaw()
    await eventually(lambda: is_back(caller), seconds=SECONDS_TO_RECOVER)


async def assert_logging_in_is_limited(caller: Caller) -> None:
    """PostgreSQL counts in windows that begin by the clock: one may end meanwhile, two cannot."""
    tries = 0
    while (reply := await log_in(caller, "not the password")).status == 422:
        tries += 1
        assert tries <= 2 * TRIES_TO_LOG_IN
    assert tries >= TRIES_TO_LOG_IN
    assert reply.status == 429
    assert int(reply.headers["retry-after"]) > 0


async def log_in(caller: Caller, password: str) -> Reply:
    return await caller.post("/login", {"email": caller.owner.person.email, "password": password}, home=True)
