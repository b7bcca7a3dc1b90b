"""The stage of the sample workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from tests.workflows.kit.stage import open_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from temporalio.client import Client

    from core.settings import Settings
    from tests.workflows.kit.stage import Stage


@pytest.fixture(scope="module")
async def stage(settings: Settings, temporal_client: Client) -> AsyncIterator[Stage]:
    """One worker for all tests of a module; each test launches runs with labels of its own."""
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with open_stage(settings, temporal_client, ctx) as opened:
        yield opened
