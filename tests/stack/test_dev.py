"""`adx dev` as a person runs it: started, killed, started again, stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from core.settings import ROOT
from entrypoints.embedded import leftovers
from tests.support import stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.stack

SECONDS = 90


class Dev:
    """One `adx dev`, with its log in a file."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.log_path = state_dir / f"dev-{time.time_ns()}.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "entrypoints.cli", "dev"],
                cwd=ROOT,
                env={**os.environ, "ADX_STATE_DIR": str(state_dir)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def started(self) -> Dev:
        until(lambda: "Stop " in self.log or self.process.poll() is not None)
        assert self.process.poll() is None, self.log
        return self

    @property
    def address(self) -> str:
        found = re.search(r"ADX\s+(http://\S+)", self.log)
        assert found
        return found[1]

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/live").is_success
        except httpx.TransportError:
            return False

    def child(self, name: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if name in child.cmdline())

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def state_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{stack.PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    yield folder
    leftovers.stop(folder)
    shutil.rmtree(folder)


def test_killing_any_part_only_delays_and_stopping_leaves_nothing(state_dir: Path) -> None:
    dev = Dev(state_dir).started()
    for label in ("Demo account", "Mailbox", "Temporal", "ada@example.com"):
        assert label in dev.log
    assert dev.answers()
    assert open_to_others(state_dir) == []
    with pytest.raises(AuthenticationError):
        Redis(port=int(re.findall(r"REDIS_URL=.*:([0-9]+)/", (state_dir / "env").read_text())[0])).ping()

    for name in ("worker", "web"):
        killed = dev.child(name)
        killed.kill()
        until(lambda name=name: f"{name} │ was ended by SIGKILL; starting it again" in dev.log)  # type: ignore[misc]
        until(lambda killed=killed, name=name: has_child(dev, name, killed.pid))  # type: ignore[misc]
    until(dev.answers)

    # The stack itself is killed: its servers live on as orphans, until the next start finds them.
    dev.end(signal.SIGKILL)
    assert {process.name() for process in leftovers.find(state_dir)} >= {"postgres", "valkey-server", "temporal"}
    address = dev.address
    again = Dev(state_dir).started()
    assert again.address == address
    assert "stopped what an earlier start left running" in again.log
    assert again.answers()

    assert again.end(signal.SIGINT) == 0
    assert leftovers.find(state_dir) == []
    assert "Traceback" not in again.log


def open_to_others(folder: Path) -> list[str]:
    """What of a stack's state others of this machine could read, write or list."""
    beyond = [path for path in folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]
    return [*map(str, beyond), *([str(folder)] if folder.stat().st_mode & 0o066 else [])]


def has_child(dev: Dev, name: str, other_than: int) -> bool:
    children = psutil.Process(dev.process.pid).children()
    return any(name in child.cmdline() and child.pid != other_than for child in children)


def test_a_second_start_from_the_same_folder_is_refused(state_dir: Path) -> None:
    first = Dev(state_dir)
    until(lambda: "starting the servers" in first.log)
    second = Dev(state_dir)
    assert second.process.wait(SECONDS) == 1
    assert f"ADX already runs from this folder (process {first.process.pid})" in second.log
    assert first.end(signal.SIGTERM) == 0
    assert leftovers.find(state_dir) == []
