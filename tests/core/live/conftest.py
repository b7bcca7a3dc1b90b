"""A hub over a Redis of its own, which a test may stop, kill and empty."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from core.live import Fact, Hub, Transport
from entrypoints.embedded.program import free_port
from entrypoints.embedded.valkey import program
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from core.live import LiveViewer, Subscription


TENANT = TenantFacts(new_id(), "acme", "Acme")


CONTEXT = Context(tenant=TENANT, person=Person(new_id(), "Ada", "ada@example.com"), role="member")


class OwnValkey:
    """A server of one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (*program(self._folder, self.port).command, "--appendfsync", "always")
        self._process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        client = self.client()
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(RedisError, OSError):
                    await client.ping()
                    break
                await asyncio.sleep(0.05)
        await client.aclose()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def client(self) -> Redis:
        return Redis(port=self.port, socket_connect_timeout=0.5, socket_timeout=5)


class Reader:
    """What a page would have got."""

    def __init__(self, subscription: Subscription) -> None:
        self.text = ""
        self.subscription = subscription
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for data in self.subscription:
            self.text += data.decode()

    @property
    def keys(self) -> list[str]:
        return [line[6:] for line in self.text.split("\n") if line.startswith("data: f")]

    async def opened(self) -> None:
        await eventually(lambda: self.subscription.caught_up)

    async def until(self, last: str) -> None:
        async with asyncio.timeout(15):
            while last not in self.text:  # noqa: ASYNC110  # a test may look
                await asyncio.sleep(0.02)


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[OwnValkey]:
    server = OwnValkey(tmp_path)
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def hub(valkey: OwnValkey) -> AsyncIterator[Hub]:
    async def show(fact: Fact, _viewer: LiveViewer) -> str:
        return fact.key

    client = valkey.client()
    hub = Hub(Transport(client), render=show)
    yield hub
    await hub.drain()
    await client.aclose()


async def publish(valkey: OwnValkey, *keys: str) -> None:
    client = valkey.client()
    await Transport(client).publish([Fact(TENANT.id, "probe", key) for key in keys])
    await client.aclose()


async def lose_everything(valkey: OwnValkey, *, restarted: bool) -> None:
    client = valkey.client()
    await client.flushall()
    await client.aclose()
    if restarted:
        await valkey.kill()
        await valkey.start()
