"""What Temporal starts by the clock comes back by itself when it is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import ScheduleActionStartWorkflow

from core.ids import new_id
from core.messages import Message
from entrypoints import schedules
from entrypoints.manifest import Feature, Scheduled
from entrypoints.registry import Registry
from entrypoints.schedules import bring_back, ensure_schedules

if TYPE_CHECKING:
    import pytest
    from temporalio.client import Client

WITHIN = timedelta(minutes=5)


async def test_a_schedule_that_is_lost_is_created_again_and_a_paused_one_stays_so(
    temporal_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, paused = (
        Scheduled(f"{word}-{new_id()}", "none", timedelta(days=30), within=WITHIN) for word in ("lost", "paused")
    )
    foreign = Scheduled(f"foreign-{new_id()}", "none", timedelta(days=30))
    sample = Feature(name="sample", title=Message("sample", "Sample"), schedules=(lost, paused))
    another = Feature(name="another", title=Message("sample", "Another"), schedules=(foreign,))
    monkeypatch.setattr(schedules, "REGISTRY", Registry([sample, another]))
    await ensure_schedules(temporal_client, ["sample"])
    await temporal_client.get_schedule_handle(lost.id).delete()
    await temporal_client.get_schedule_handle(paused.id).pause()

    assert await bring_back(temporal_client, ["sample"]) == [lost.id]
    assert await bring_back(temporal_client, ["sample"]) == []

    for scheduled in (lost, paused):
        handle = temporal_client.get_schedule_handle(scheduled.id)
        schedule = (await handle.describe()).schedule
        assert schedule.state.paused is (scheduled is paused)
        assert isinstance(schedule.action, ScheduleActionStartWorkflow)
        assert schedule.action.execution_timeout == WITHIN, "a tick that gets no further keeps no later one waiting"
        await handle.delete()
