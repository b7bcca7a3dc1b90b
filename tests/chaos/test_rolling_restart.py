"""Two web processes behind a proxy are stopped and started one after the other, and nobody notices."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Self

import httpx
import pytest

from entrypoints.embedded.program import free_port
from tests.support.caller import TOKEN
from tests.support.people import sign_in
from tests.support.proxy import Proxy, Target
from tests.support.waiting import eventually
from web.kit.security import SESSION_COOKIE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg

    from core.db import Database
    from tests.support.deployment import Deployment
    from tests.support.people import Owner
    from tests.support.processes import Process

SECONDS_TO_LEAVE = 1.5
"""More than the proxy needs to see that a process is not ready."""

READERS = 4
WRITERS = 2
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


class Traffic:
    """People who read and send without a pause, over connections that they keep."""

    def __init__(self, proxy: Proxy, host: str, token: str, proof: str) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._headers = {
            "Host": host,
            "Cookie": f"{SESSION_COOKIE}={token}",
            "Accept": "text/html",
            "X-CSRF-Token": proof,
        }
        self._base = f"http://127.0.0.1:{proxy.port}"
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._go_on("GET", "/files")) for _ in range(READERS)]
        self._tasks += [asyncio.create_task(self._go_on("POST", "/files")) for _ in range(WRITERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def _go_on(self, method: str, path: str) -> None:
        async with httpx.AsyncClient(base_url=self._base, headers=self._headers, timeout=30) as client:
            while not self._stop.is_set():
                files = {"file": ("note.txt", b"a note")} if method == "POST" else None
                answer = await client.request(method, path, files=files)
                self.statuses[method, answer.status_code] += 1
                await asyncio.sleep(0.02)


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
    proof = await proof_of(proxy, host, token)

    async with Traffic(proxy, host, token, proof) as traffic:
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


async def proof_of(proxy: Proxy, host: str, token: str) -> str:
    async with httpx.AsyncClient() as client:
        headers = {"Host": host, "Cookie": f"{SESSION_COOKIE}={token}", "Accept": "text/html"}
        page = await client.get(f"http://127.0.0.1:{proxy.port}/members", headers=headers)
    found = TOKEN.search(page.text)
    assert found
    return found.group(1)
