"""A worker that is killed only delays its runs. In a file of its own: no other worker may be at work beside it.

What other files left open, this worker does too; so each run has notes of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from tests.workflows.kit.sample import LINE
from tests.workflows.kit.stage import eventually, without_worker
from tests.workflows.kit.worker_process import SLOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from temporalio.client import Client

    from core.settings import Settings


@dataclass
class Processes:
    """Starts worker processes and kills them."""

    settings: Settings
    notes: Path
    """A folder: a file for each label, with the steps that were called, and ``slow`` while one of them is to hang."""

    @property
    def slow(self) -> Path:
        return self.notes / SLOW

    def start(self) -> subprocess.Popen[bytes]:
        values = self.settings.model_dump(mode="json")
        values["secret_key"] = self.settings.secret_key.get_secret_value()
        command = [sys.executable, "-m", "tests.workflows.kit.worker_process", json.dumps(values), str(self.notes)]
        return subprocess.Popen(command)

    def calls(self, label: str) -> list[str]:
        file = self.notes / label
        return file.read_text().split() if file.exists() else []

    async def until_called(self, label: str, name: str) -> None:
        await eventually(lambda: name in self.calls(label))


@contextmanager
def killed_afterwards(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def test_kill_9_in_the_middle_of_a_step_only_delays_it(
    settings: Settings, temporal_client: Client, tmp_path: Path
) -> None:
    processes = Processes(settings, tmp_path)
    processes.slow.touch()
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with without_worker(settings, temporal_client, ctx) as stage:
        with killed_afterwards(processes.start()):
            run = await stage.launch(LINE, "killed")
            await processes.until_called("killed", "second")
        processes.slow.unlink()
        with killed_afterwards(processes.start()):
            await stage.result(run)
        found = await stage.snapshot(run)
    assert processes.calls("killed") == ["first", "second", "second", "look", "third", "ship", "tell"]
    assert found.state == "done"
    assert [step.attempt for step in found.steps] == [1, 2, 1, 1, 1, 1]
