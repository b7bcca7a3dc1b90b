"""A deployment of the product as a fixture: one a pytest process, mended after each test that broke it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import asyncpg
import pytest

from core.db import Database
from tests.support.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.stack import Servers


@pytest.fixture(scope="session")
async def running_deployment(servers: Servers) -> AsyncIterator[Deployment]:
    """Web and worker as real processes."""
    found = Deployment(servers, int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")))
    try:
        await found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture
async def deployment(running_deployment: Deployment) -> AsyncIterator[Deployment]:
    """The running deployment; what the test killed, stopped or cut is there again afterwards."""
    yield running_deployment
    await running_deployment.mend()


@pytest.fixture(scope="session")
async def deployed_db(running_deployment: Deployment) -> AsyncIterator[Database]:
    """The deployment's database as the product sees it, past all links."""
    database = await Database.connect(running_deployment.settings())
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def deployed_tables(running_deployment: Deployment) -> AsyncIterator[asyncpg.Connection]:
    """The deployment's database as superuser, to count what is there."""
    connection = await asyncpg.connect(running_deployment.superuser_url)
    yield connection
    await connection.close()
