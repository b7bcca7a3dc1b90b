"""People who are at work while something breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.caller import Caller, caller_of
from tests.support.people import Owner, new_owner

if TYPE_CHECKING:
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
