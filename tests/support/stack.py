"""The servers of a test run: started once under a lock, one database, Redis number and namespace a worker."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from core.db.bootstrap import bootstrap
from core.db.migrate import upgrade
from entrypoints.embedded import detached, leftovers, postgres, temporal, valkey
from entrypoints.embedded.program import free_port

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

PREFIX = "adx-test-"
TEMPLATE = "adx_template"
LEAST_NAMESPACES = 4
DEPLOYMENTS = "worker-*/deployment"
"""Where web and worker of a test process keep their state: marked as a stack of their own."""


@dataclass(frozen=True)
class Shared:
    """Where the servers of the run are."""

    postgres_port: int
    passwords: dict[str, str]
    redis_port: int
    temporal_port: int

    def database_url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.postgres_port}/{database}"


@dataclass(frozen=True)
class Servers:
    """One worker's part of them."""

    database_url: str
    migrate_database_url: str
    superuser_url: str
    redis_url: str
    temporal_address: str
    temporal_namespace: str
    state_dir: Path


def new_state_dir() -> Path:
    """A folder for this run; what killed runs left behind is stopped and removed first."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            remove(folder)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)  # PostgreSQL's own user must get through
    return folder


def remove(state_dir: Path) -> None:
    """Stop the servers of a run, and the deployments over them, and forget what they held."""
    for deployment in state_dir.glob(DEPLOYMENTS):
        leftovers.stop(deployment)
    if (state_dir / "servers.json").exists() or (state_dir / "postgres").exists():
        leftovers.stop(state_dir)
    shutil.rmtree(state_dir, ignore_errors=True)


def join(state_dir: Path, worker: int, workers: int) -> Servers:
    """Start the servers unless another worker has, and take this worker's part."""
    database = f"adx_{worker}"
    with _alone(state_dir):
        file = state_dir / "servers.json"
        if not file.exists():
            file.write_text(json.dumps(asdict(_start(state_dir, workers))))
        shared = Shared(**json.loads(file.read_text()))
        new_database(shared, database)
    own = state_dir / f"worker-{worker}"
    own.mkdir(exist_ok=True)
    return Servers(
        database_url=shared.database_url("adx_app", database),
        migrate_database_url=shared.database_url("adx_migrate", database),
        superuser_url=shared.database_url("postgres", database),
        redis_url=valkey.url(shared.redis_port, worker),
        temporal_address=f"127.0.0.1:{shared.temporal_port}",
        temporal_namespace=f"test-{worker}",
        state_dir=own,
    )


def new_database(shared: Shared, database: str) -> None:
    """A fresh copy of the migrated template."""
    with psycopg.connect(shared.database_url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {database} template {TEMPLATE} strategy file_copy owner adx_owner")
        connection.execute(f"revoke all on database {database} from public")
        connection.execute(f"grant connect on database {database} to adx_app, adx_migrate")


@contextmanager
def _alone(state_dir: Path) -> Iterator[None]:
    with (state_dir / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(state_dir: Path, workers: int) -> Shared:
    cluster = postgres.prepare(state_dir, durable=False)
    redis_port, temporal_port = free_port(), free_port()
    numbers = range(max(workers, LEAST_NAMESPACES))
    namespaces = [f"{use}-{number}" for use in ("test", "deployment") for number in numbers]
    programs = (
        cluster.program(state_dir, durable=False),
        valkey.program(state_dir, redis_port, durable=False),
        temporal.program(state_dir, temporal_port, None, namespaces=namespaces, durable=False),
    )
    run(detached.start(programs))
    shared = Shared(cluster.port, cluster.passwords, redis_port, temporal_port)
    bootstrap(
        cluster.url(),
        database=TEMPLATE,
        app_password=cluster.passwords["adx_app"],
        migrate_password=cluster.passwords["adx_migrate"],
    )
    upgrade(shared.database_url("adx_migrate", TEMPLATE))
    return shared


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run outside of pytest's own event loop, which may be at work around a fixture."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
