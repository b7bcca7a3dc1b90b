from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from redis.asyncio import Redis

from entrypoints.embedded import detached, leftovers, postgres, valkey
from entrypoints.embedded.plan import plan
from entrypoints.embedded.program import StartError, free_port
from tests.support import stack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.stack


@pytest.fixture
def state_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{stack.PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    yield folder
    leftovers.stop(folder)
    shutil.rmtree(folder)


def start(folder: Path) -> postgres.Postgres:
    cluster = postgres.prepare(folder, port=0)
    stack.run(detached.start([cluster.program(folder)]))
    return cluster


def postmaster(cluster: postgres.Postgres) -> psutil.Process:
    return psutil.Process(int((cluster.data / "postmaster.pid").read_text().splitlines()[0]))


def test_postgres_never_runs_as_root(state_dir: Path) -> None:
    assert postmaster(start(state_dir)).uids().effective != 0


def test_an_orphaned_postgres_is_stopped_and_its_data_kept(state_dir: Path) -> None:
    cluster = start(state_dir)
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("create table kept as select 1 as one")
    assert leftovers.stop(state_dir) == ["postgres"]
    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_postgres_that_was_killed_recovers(state_dir: Path) -> None:
    cluster = start(state_dir)
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("create table kept as select 1 as one")
    killed = postmaster(cluster)
    killed.send_signal(signal.SIGKILL)
    gone, _ = psutil.wait_procs([killed, *killed.children()], timeout=10) if killed.is_running() else ([], [])
    assert (cluster.data / "postmaster.pid").exists(), gone
    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_pid_file_that_names_a_stranger_is_removed(state_dir: Path) -> None:
    cluster = start(state_dir)
    leftovers.stop(state_dir)
    # What a restarted machine leaves: the number now belongs to somebody else.
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_data_of_another_version_is_refused_with_a_way_out(state_dir: Path) -> None:
    cluster = postgres.prepare(state_dir)
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(StartError, match=r"was made by PostgreSQL 17, this is 18\. Move that folder away"):
        postgres.prepare(state_dir)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must give way to another user")
def test_where_its_user_cannot_reach_the_folder_postgres_goes_elsewhere(state_dir: Path) -> None:
    state_dir.chmod(0o700)
    cluster = start(state_dir)
    try:
        assert cluster.note
        assert str(cluster.data) in cluster.note
        assert postmaster(cluster).username() == pwd.getpwnam(postgres.SYSTEM_USER).pw_name
    finally:
        leftovers.stop(state_dir)
        shutil.rmtree(cluster.data)


async def test_a_restart_of_valkey_loses_nothing(state_dir: Path) -> None:
    port = free_port()
    counted = []
    for _ in range(2):
        await detached.start([valkey.program(state_dir, port)])
        async with Redis(port=port) as client:
            await client.incr("starts")
            counted.append(await client.get("starts"))
        (server,) = leftovers.find(state_dir)
        server.kill()
        await asyncio.to_thread(psutil.wait_procs, [server], 5)
    assert counted == [b"1", b"2"]


def test_a_taken_port_gives_way_to_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_a_server_whose_address_is_given_is_not_started(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ("DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "SMTP_URL", "STORAGE_URL")
    for name in given:
        monkeypatch.setenv(name, "somewhere")
    made = plan(state_dir)
    assert (made.servers, set(made.environment)) == ((), {"ADX_BASE_URL"})
    monkeypatch.delenv("REDIS_URL")
    assert [program.name for program in plan(state_dir).servers] == ["valkey"]


def test_what_a_killed_test_run_left_is_swept_by_the_next() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = Path(tempfile.mkdtemp(prefix=f"{stack.PREFIX}{gone.pid}-"))
    (left / "servers.json").touch()
    stack.run(detached.start([valkey.program(left, free_port(), durable=False)]))
    fresh = stack.new_state_dir()
    assert (left.exists(), leftovers.find(left)) == (False, [])
    stack.remove(fresh)
