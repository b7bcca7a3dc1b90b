"""A Temporal that was never reached since the process began: what pages ask of it is refused for now, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.context import HOME_TENANT_ID
from core.db.unit_of_work import PendingStart
from core.errors import UnavailableError
from core.ids import new_id
from core.runs.contract import workflow_id
from core.runs.dispatch import RunStarter
from core.runs.temporal import RunControl, connect
from entrypoints.embedded.program import free_port
from tests.workflows.kit.sample import LINE

if TYPE_CHECKING:
    from temporalio.client import Client

    from core.keys.ring import KeyRing
    from core.settings import Settings


@pytest.fixture
async def unreached(settings: Settings, ring: KeyRing) -> Client:
    nowhere = settings.model_copy(update={"temporal_address": f"127.0.0.1:{free_port()}"})
    return await connect(nowhere, ring, wait_seconds=0)


async def test_cancel_and_continue_are_refused_for_now(unreached: Client) -> None:
    control = RunControl(unreached)
    for ask in (control.cancel, control.resume):
        with pytest.raises(UnavailableError):
            await ask(workflow_id(HOME_TENANT_ID, LINE.name, new_id()))


async def test_what_cannot_be_started_is_left_to_the_sweep(unreached: Client) -> None:
    run_id = new_id()
    start = PendingStart(HOME_TENANT_ID, LINE.name, workflow_id(HOME_TENANT_ID, LINE.name, run_id), {})
    await RunStarter(unreached)._start(start)
