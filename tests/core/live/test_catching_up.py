"""What a page is told that was away for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.live import Fact, Hub, Transport
from core.live.delivery import CATCH_UP_FACTS, CATCH_UP_SUBJECTS
from core.live.fact import holders
from core.runs.permissions import MANAGE_ALL
from tests.core.live.conftest import CONTEXT, TENANT, OwnValkey, Reader, publish

if TYPE_CHECKING:
    from core.live import LiveViewer


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
    await transport.publish(
        [Fact(TENANT.id, "run", "fy", holders(MANAGE_ALL), params={"seq": number}) for number in (1, 2)]
    )
    await client.aclose()
    reader = Reader(hub.join(CONTEXT, first.id))
    await reader.until("fx\n")
    told = [line for line in reader.text.split("\n") if "seq" in line]
    assert told == [f'data: {{"subject":"run-fx","seq":{number}}}' for number in (1, 2)]
    assert reader.keys == ["fx"]
