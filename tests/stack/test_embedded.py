from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
from redis import Redis as SyncRedis
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from core.settings import ROOT
from entrypoints.embedded import as_user, cluster, detached, leftovers, postgres, program, valkey
from entrypoints.embedded.plan import plan
from entrypoints.embedded.ports import Ports
from entrypoints.embedded.program import StartError, free_port
from tests.support import stack
from tests.support.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.stack

HIDES = ("-c", "import time; from core.confinement import hide_memory; hide_memory(); time.sleep(600)")
"""A process whose environment others than root cannot read, as web and worker are."""


@pytest.fixture
def state_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{stack.PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    yield folder
    leftovers.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def start(folder: Path) -> postgres.Postgres:
    found = postgres.prepare(folder, durable=False)
    stack.run(detached.start([found.program(folder)]))
    return found


def postmaster(found: postgres.Postgres) -> psutil.Process:
    return psutil.Process(int((found.data / "postmaster.pid").read_text().splitlines()[0]))


def test_postgres_never_runs_as_root(state_dir: Path) -> None:
    assert postmaster(start(state_dir)).uids().effective != 0


def test_an_orphaned_postgres_is_stopped_and_its_data_kept(state_dir: Path) -> None:
    found = start(state_dir)
    with psycopg.connect(found.url()) as connection:
        connection.execute("create table kept as select 1 as one")
    assert leftovers.stop(state_dir) == ["postgres"]
    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_postgres_that_was_killed_recovers(state_dir: Path) -> None:
    found = start(state_dir)
    with psycopg.connect(found.url()) as connection:
        connection.execute("create table kept as select 1 as one")
    killed = postmaster(found)
    killed.send_signal(signal.SIGKILL)
    gone, _ = psutil.wait_procs([killed, *killed.children()], timeout=10) if killed.is_running() else ([], [])
    assert (found.data / "postmaster.pid").exists(), gone
    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_pid_file_that_names_a_stranger_is_removed(state_dir: Path) -> None:
    found = start(state_dir)
    leftovers.stop(state_dir)
    # What a restarted machine leaves: the number now belongs to somebody else.
    (found.data / "postmaster.pid").write_text(f"{os.getpid()}\n{found.data}\n")
    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_data_of_another_version_is_refused_with_a_way_out(state_dir: Path) -> None:
    found = postgres.prepare(state_dir, durable=False)
    (found.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(StartError, match=r"was made by PostgreSQL 17, this is 18\. Move that folder away"):
        postgres.prepare(state_dir)


@pytest.mark.parametrize("at", ["before", "half", "whole"])
def test_a_first_start_that_was_cut_off_is_made_up_for(
    state_dir: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(user: str | None, command: list[str]) -> subprocess.CompletedProcess[str]:
        if at == "whole":
            as_user.run_as(user, command)
        if at == "half":
            Path(command[command.index("-D") + 1], "PG_VERSION").write_text("18\n")
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster, "run_as", cut)
    with pytest.raises(KeyboardInterrupt):
        postgres.prepare(state_dir, durable=False)
    monkeypatch.undo()

    with psycopg.connect(start(state_dir).url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    found = {path.name for path in state_dir.glob("postgres*")}
    assert found == {"postgres", "postgres-passwords.json", "postgres.log"}


@pytest.mark.parametrize("missing", ["PG_VERSION", "global/pg_control", "base", "pg_wal"])
def test_a_folder_that_is_no_whole_cluster_is_left_alone(state_dir: Path, missing: str) -> None:
    data = state_dir / "postgres"
    for name in set(cluster.WHOLE) - {missing}:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("18\n")
    before = sorted(path.name for path in data.rglob("*"))
    with pytest.raises(StartError, match=f"no whole PostgreSQL data folder: {missing} is missing. Nothing was changed"):
        postgres.prepare(state_dir)
    assert sorted(path.name for path in data.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must give way to another user")
def test_where_its_user_cannot_reach_the_folder_postgres_goes_elsewhere(state_dir: Path) -> None:
    state_dir.chmod(0o700)
    found = start(state_dir)
    try:
        assert found.note
        assert str(found.data) in found.note
        assert postmaster(found).username() == pwd.getpwnam(postgres.SYSTEM_USER).pw_name
    finally:
        leftovers.stop(state_dir)
        shutil.rmtree(found.data)


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


def test_the_ports_of_a_stack_stay_through_its_starts(state_dir: Path, listener: socket.socket) -> None:
    usual = listener.getsockname()[1]
    first = Ports(state_dir)
    moved = first.port(usual, "ADX")
    assert (moved > usual, len(first.notes)) == (True, 1)
    program._give_back(moved)
    listener.close()

    second = Ports(state_dir)  # though the usual one is free again: mails have been sent with the other
    assert (second.port(usual, "ADX"), second.notes) == (moved, [])
    program._give_back(moved)

    with socket.create_server(("127.0.0.1", moved)):
        third = Ports(state_dir)
        assert third.port(usual, "ADX") > moved
        assert f"Port {moved}, where ADX was, is taken by another program" in third.notes[0]


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"ADX": 99999999}', '{"ADX": "8000"}'])
def test_ports_that_cannot_be_read_are_found_anew(state_dir: Path, spoilt: str) -> None:
    (state_dir / "ports.json").write_text(spoilt)
    assert Ports(state_dir).port(free_port(), "ADX")


def test_two_who_look_for_a_port_at_once_never_share_one() -> None:
    ask = "import sys; from entrypoints.embedded.program import free_port; {}; sys.stdin.read()"
    look = f"print(free_port({free_port() + 1}), flush=True)"
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ask.format(look)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    found = [process.stdout.readline() for process in asking if process.stdout]
    for process in asking:
        process.communicate()
    assert len(set(found)) == 2


def test_a_stacks_valkey_wants_its_password_and_tells_it_to_its_user_alone(state_dir: Path) -> None:
    port, password = free_port(), valkey.password(state_dir)
    server = valkey.program(state_dir, port, password=password)
    stack.run(detached.start([server]))
    with pytest.raises(AuthenticationError):
        SyncRedis(port=port).ping()
    assert SyncRedis.from_url(valkey.url(port, password=password)).ping()
    assert password == valkey.password(state_dir)
    assert password not in " ".join(server.command)
    modes = [(state_dir / name).stat().st_mode & 0o077 for name in ("valkey-password", "valkey/valkey.conf")]
    assert modes == [0, 0]


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
    deployment = left / "worker-0" / "deployment"
    deployment.mkdir(parents=True)
    web = Process.of_python(*HIDES, environment={}, log=deployment / "web.log", state_dir=deployment, ready=None)
    web.launch()
    assert leftovers.find(deployment)
    fresh = stack.new_state_dir()
    assert (left.exists(), leftovers.find(left), leftovers.find(deployment)) == (False, [], [])
    web.kill()  # there is nothing left of it but its number
    stack.remove(fresh)
