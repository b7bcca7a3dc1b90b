"""Two web processes behind a proxy are stopped and started one after the other, and nobody notices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from entrypoints.embedded.program import free_port
from tests.support.people import sign_in
from tests.support.proxy import Proxy, Target
from tests.support.traffic import Traffic
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg

    from core.db import Database
    from tests.support.deployment import Deployment
    from tests.support.people import Owner
    from tests.support.processes import Process

SECONDS_TO_LEAVE = 1.5
"""More than the proxy needs to see that a process is not ready."""

ANSWERS = 8
"""What each process answers before and after it was restarted, at least."""

FILES = "select count(*) from files.files where tenant_id = $1"


@pytest.fixture
async def processes(deployment: Deployment) -> AsyncIterator[dict[int, Process]]:
    """Two web processes, by their ports."""
    made = {}
    for number in range(2):
        port = free_port()
        environment = {"ADX_BIND_PORT": str(port), "ADX_DRAIN_SECONDS": str(SECONDS_TO_LEAVE)}
        made[port] = deployment.process(f"web-{number}", "web", ready=_always, **environment)
        made[port].launch()
    yield made
    for process in made.values():
        process.kill()


async def _always() -> bool:
    return True


@pytest.fixture
async def proxy(processes: dict[int, Process]) -> AsyncIterator[Proxy]:
    found = Proxy(*processes)
    await found.start()
    await eventually(lambda: all(target.ready for target in found.targets), seconds=40)
    yield found
    await found.stop()


async def test_a_rolling_restart_loses_no_request(  # noqa: PLR0917
    deployment: Deployment,
    deployed_db: Database,
    deployed_tables: asyncpg.Connection,
    owner: Owner,
    processes: dict[int, Process],
    proxy: Proxy,
) -> None:
    token = await sign_in(deployed_db, owner)
    host = f"{owner.slug}.{deployment.host}"

    async with Traffic(proxy, host, token) as traffic:
        for target in proxy.targets:
            await answers_on(target)
            await asyncio.to_thread(processes[target.port].stop)
            assert not target.ready, "the proxy saw it before it stopped"
            processes[target.port].launch()
            await eventually(lambda: target.ready, seconds=40)  # noqa: B023  # awaited before the next one
            await answers_on(target)

    assert proxy.lost == []
    assert set(traffic.statuses) == {("GET", 200), ("POST", 303)}
    assert await deployed_tables.fetchval(FILES, owner.tenant.id) == traffic.statuses["POST", 303]


async def answers_on(target: Target) -> None:
    """Wait until a process has answered some more."""
    wanted = target.answers + ANSWERS
    await eventually(lambda: target.answers >= wanted, seconds=30)
