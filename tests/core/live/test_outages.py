"""The hub through outages of its own Redis, which is stopped, killed and emptied here."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from core.live import Hub, Transport
from tests.core.live.conftest import CONTEXT, TENANT, OwnValkey, Reader, lose_everything, publish


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
