"""Streams of the hub: what they pass over, how they end, and who shares what."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from core.live import Hub, Transport
from core.live.fact import EVERYONE
from tests.core.live.conftest import CONTEXT, TENANT, OwnValkey, Reader, publish
from tests.support.waiting import eventually

if TYPE_CHECKING:
    import pytest


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
