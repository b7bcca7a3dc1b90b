"""People who are at work while something breaks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from temporalio.worker import Replayer

from tests.replay.test_replay import CLASSES
from tests.support.caller import Caller, caller_of
from tests.support.people import Owner, new_owner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from temporalio.client import Client

    from core.db import Database
    from tests.support.deployment import Deployment


@pytest.fixture
async def owner(deployment: Deployment, deployed_db: Database) -> Owner:
    """A person with a workspace."""
    return await new_owner(deployment, deployed_db)


@pytest.fixture
async def caller(deployment: Deployment, deployed_db: Database, owner: Owner) -> Caller:
    """That person, signed in, with the proofs of their forms in hand."""
    found = await caller_of(deployment, deployed_db, owner)
    await found.prepare()
    return found


@pytest.fixture(autouse=True, scope="module")
async def _what_ran_replays(deployed_client: Client) -> AsyncIterator[None]:
    """Whatever became of the workflows of a module's tests, today's code follows each of their histories."""
    began = datetime.now(UTC)
    yield
    converter = deployed_client.data_converter
    replayer = Replayer(workflows=list(CLASSES.values()), data_converter=converter)
    # Not what began before: tests of other modules, and a tick of each schedule every few seconds.
    query = f"StartTime >= '{began.isoformat()}'"
    ran = deployed_client.list_workflows(query, page_size=500).map_histories()
    failures, count = {}, 0
    async with replayer.workflow_replay_iterator(ran) as results:
        async for result in results:
            count += 1
            if result.replay_failure:
                failures[result.history.workflow_id] = result.replay_failure
    assert count
    assert failures == {}
