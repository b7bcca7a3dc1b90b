"""A deployment of the product as a fixture: one a pytest process, mended after each test that broke it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from core.db import Database
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.runs.temporal import connect
from tests.support.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

    from temporalio.client import Client

    from tests.support.stack import Servers

REPORT = pytest.StashKey[pytest.TestReport]()
LOG_BYTES_KEPT = 200_000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


def folder_if_failed(item: pytest.Item) -> Path | None:
    """Where what is left of a failed test is kept; none for one that has passed."""
    report = item.stash.get(REPORT, None)
    if report is None or report.passed:
        return None
    folder = Path("test-results") / "".join(c if c.isalnum() else "-" for c in item.name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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
async def deployment(running_deployment: Deployment, request: pytest.FixtureRequest) -> AsyncIterator[Deployment]:
    """The running deployment; what the test killed, stopped or cut is there again afterwards."""
    yield running_deployment
    if folder := folder_if_failed(request.node):
        for log in running_deployment.state_dir.glob("*.log"):
            (folder / log.name).write_bytes(log.read_bytes()[-LOG_BYTES_KEPT:])
    await running_deployment.mend()


@pytest.fixture(scope="session")
async def deployed_db(running_deployment: Deployment) -> AsyncIterator[Database]:
    """The deployment's database as the product sees it, past all links."""
    database = await Database.connect(running_deployment.settings())
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def deployed_client(running_deployment: Deployment, deployed_db: Database) -> Client:
    """A client of the deployment's workflows, with the keys to read them."""
    settings = running_deployment.settings()
    return await connect(settings, KeyRing(deployed_db, open_kms(settings)))


@pytest.fixture(scope="session")
async def deployed_tables(running_deployment: Deployment) -> AsyncIterator[asyncpg.Connection]:
    """The deployment's database as superuser, to count what is there."""
    connection = await asyncpg.connect(running_deployment.superuser_url)
    yield connection
    await connection.close()
