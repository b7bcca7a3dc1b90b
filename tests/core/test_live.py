"""The hub through outages of its own Redis, which is stopped, killed and emptied here."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from core.live import Fact, Hub, Transport
from core.live.delivery import CATCH_UP_FACTS, CATCH_UP_SUBJECTS
from core.live.fact import ADMINS, EVERYONE
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


async def test_redis_killed_and_back_loses_and_doubles_nothing(valkey: OwnValkey, hub: Hub) -> None:
    reader = Reader(hub.join(CONTEXT, None))
    await reader.opened()
    await publish(valkey, "f1", "f2")
    await reader.until("f2")

    await valkey.kill()
    await asyncio.sleep(1)
    late = Reader(hub.join(CONTEXT, None))
    assert not reader.task.done(), "an outage must not close streams"
    await valkey.start()
    await publish(valkey, "f3", "f4")

    await reader.until("f4")
    assert reader.keys == ["f1", "f2", "f3", "f4"]
    assert not late.task.done()
    assert "live:reset" not in reader.text


async def test_a_page_opened_during_an_outage_is_served_after_it(valkey: OwnValkey, hub: Hub) -> None:
    await publish(valkey, "f1")
    position = await hub.position(TENANT.id)
    await publish(valkey, "f2")
    await valkey.kill()
    assert await hub.position(TENANT.id) == ""
    reader = Reader(hub.join(CONTEXT, position))
    await asyncio.sleep(0.5)
    await valkey.start()
    await publish(valkey, "f3")
    await reader.until("f3")
    assert reader.keys == ["f2", "f3"]


async def test_redis_back_without_its_data_has_pages_read_again(valkey: OwnValkey, hub: Hub) -> None:
    reader = Reader(hub.join(CONTEXT, None))
    await reader.opened()
    await publish(valkey, "f1")
    await reader.until("f1")
    client = valkey.client()
    await client.flushall()
    await client.aclose()
    await valkey.kill()
    await valkey.start()
    await reader.until("live:reset")
    await publish(valkey, "f2")
    await reader.until("f2")
    assert reader.keys == ["f1", "f2"]


@pytest.mark.parametrize("then", ["restarted", "running on"])
async def test_a_page_that_was_away_while_redis_lost_its_data_reads_itself_again(
    valkey: OwnValkey, hub: Hub, then: str
) -> None:
    await publish(valkey, "f1")
    away = await hub.position(TENANT.id)
    await publish(valkey, "f2")  # missed, and then lost
    await lose_everything(valkey, restarted=then == "restarted")
    await publish(valkey, "f3")

    reader = Reader(hub.join(CONTEXT, away))
    await reader.until("live:reset")
    await publish(valkey, "f4")
    await reader.until("f4")
    assert reader.keys == ["f4"], "the page was read when f3 had happened"
    assert reader.text.count("live:reset") == 1


async def test_a_page_that_was_open_hears_of_a_loss_also_without_a_restart(valkey: OwnValkey, hub: Hub) -> None:
    await publish(valkey, "f1")
    reader = Reader(hub.join(CONTEXT, await hub.position(TENANT.id)))
    await reader.opened()
    await lose_everything(valkey, restarted=False)
    await publish(valkey, "f2")
    await reader.until("f2")
    assert reader.text.index("live:reset") < reader.text.index("f2")
    await publish(valkey, "f3")
    await reader.until("f3")
    assert reader.text.count("live:reset") == 1


async def test_what_was_told_and_then_lost_is_gone_on_from_by_nobody(valkey: OwnValkey, hub: Hub) -> None:
    """A crash of a server that writes to the disk once a second loses the newest facts alone."""
    await publish(valkey, "f1")
    away = await hub.position(TENANT.id)
    reader = Reader(hub.join(CONTEXT, away))
    await reader.opened()
    await publish(valkey, "f2")
    await reader.until("f2")
    client = valkey.client()
    key = Transport(client).key(TENANT.id)
    (first, fields), *_ = cast("list[tuple[bytes, Any]]", await client.xrange(key))
    await client.delete(key)
    await client.xadd(key, fields, id=first)  # as before f2 was told
    await client.aclose()
    await valkey.kill()
    await valkey.start()
    await reader.until("live:reset")

    await publish(valkey, "f3")
    back = Reader(hub.join(CONTEXT, away))
    await back.until("live:reset")


async def test_an_outage_without_a_loss_turns_no_news_into_a_reset(valkey: OwnValkey, hub: Hub) -> None:
    await publish(valkey, "f1")
    away = await hub.position(TENANT.id)
    open_one = Reader(hub.join(CONTEXT, away))
    await open_one.opened()
    await valkey.kill()
    await valkey.start()
    await publish(valkey, "f2")
    back = Reader(hub.join(CONTEXT, away))
    for reader in (open_one, back):
        await reader.until("f2")
        assert reader.keys == ["f2"]
        assert "live:reset" not in reader.text


@pytest.mark.parametrize(
    ("facts", "subjects"), [(CATCH_UP_FACTS, 5), (CATCH_UP_SUBJECTS, CATCH_UP_SUBJECTS)], ids=["facts", "subjects"]
)
async def test_a_page_that_was_away_for_long_reads_itself_again_instead_of_being_told_all(
    valkey: OwnValkey, hub: Hub, facts: int, subjects: int
) -> None:
    rendered: list[tuple[str, str]] = []

    async def show(fact: Fact, viewer: LiveViewer) -> str:
        rendered.append((fact.key, viewer.timezone))
        return fact.key

    hub.render_with(show)
    await publish(valkey, *(f"f{number % subjects}" for number in range(facts)))
    readers = [Reader(hub.join(replace(CONTEXT, timezone=f"Etc/Probe-{number}"), "0-0")) for number in range(4)]
    for reader in readers:
        await reader.until(f"f{subjects - 1}")
        assert reader.keys == [f"f{number}" for number in range(subjects)], "of each the newest, in their order"
    assert len(rendered) == subjects * len(readers)

    rendered.clear()
    await publish(valkey, "one too many")
    late = Reader(hub.join(replace(CONTEXT, timezone="Etc/Late"), "0-0"))
    await late.until("live:reset")
    assert not [key for key, timezone in rendered if timezone == "Etc/Late"]


async def test_what_a_page_was_away_for_is_told_by_its_number_where_newer_news_follows(
    valkey: OwnValkey, hub: Hub
) -> None:
    client = valkey.client()
    transport = Transport(client)
    (first,) = await transport.publish([Fact(TENANT.id, "probe", "f0")])
    await transport.publish([Fact(TENANT.id, "run", "fx", params={"seq": number}) for number in (1, 2, 3)])
    await transport.publish([Fact(TENANT.id, "run", "fy", ADMINS, params={"seq": number}) for number in (1, 2)])
    await client.aclose()
    reader = Reader(hub.join(CONTEXT, first.id))
    await reader.until("fx\n")
    told = [line for line in reader.text.split("\n") if "seq" in line]
    assert told == [f'data: {{"subject":"run-fx","seq":{number}}}' for number in (1, 2)]
    assert reader.keys == ["fx"]


async def lose_everything(valkey: OwnValkey, *, restarted: bool) -> None:
    client = valkey.client()
    await client.flushall()
    await client.aclose()
    if restarted:
        await valkey.kill()
        await valkey.start()


async def test_an_entry_that_cannot_be_read_ends_no_news(valkey: OwnValkey, hub: Hub) -> None:
    reader = Reader(hub.join(CONTEXT, None))
    await reader.opened()
    client = valkey.client()
    for broken in ({"f": "no json"}, {"other": "field"}, {"f": "{}"}):
        await client.xadd(Transport(client).key(TENANT.id), broken)  # type: ignore[arg-type]  # redis-py's own types
    await client.aclose()
    await publish(valkey, "f1")
    await reader.until("f1")
    assert reader.keys == ["f1"]


async def test_a_drain_ends_streams_and_takes_no_new_ones(hub: Hub, valkey: OwnValkey) -> None:
    reader = Reader(hub.join(CONTEXT, None))
    await reader.opened()
    await publish(valkey, "f1")
    await reader.until("f1")
    await hub.drain()
    await asyncio.wait_for(reader.task, 2)
    assert hub.draining
    assert [chunk async for chunk in hub.join(CONTEXT, None)] == []


async def test_those_who_are_shown_the_same_share_a_group_and_it_ends_with_the_last_of_them(hub: Hub) -> None:
    stays, same = (hub.join(CONTEXT, None) for _ in range(2))
    assert stays.group_for(EVERYONE) is same.group_for(EVERYONE)

    for number in range(50):
        hub.leave(hub.join(replace(CONTEXT, timezone=f"Etc/Probe-{number}"), None))
    await eventually(lambda: len(hub._groups) == 2)  # that of all, and that of whom a fact names
    hub.leave(same)
    assert stays.group_for(EVERYONE) is hub.join(CONTEXT, None).group_for(EVERYONE)


async def test_pages_are_told_to_come_back_the_later_the_more_they_are(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.live.hub.HEARTBEAT_SECONDS", 1)
    few = Reader(hub.join(CONTEXT, None))
    await few.until(":\n\n")
    assert "retry:" not in few.text

    monkeypatch.setattr("core.live.hub.PACE_OF_A_STREAM", 2000)
    more = Reader(hub.join(CONTEXT, None))
    for reader in (few, more):
        await reader.until("retry: 4000\nevent: live:pace")
    assert hub.pace == 4000
