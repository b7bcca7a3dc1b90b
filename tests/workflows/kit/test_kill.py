"""A worker that is killed only delays its runs. In a file of its own: no other worker may be at work beside it."""

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

    def start(self) -> subprocess.Popen[bytes]:
        values = self.settings.model_dump(mode="json")
        values["secret_key"] = self.settings.secret_key.get_secret_value()
        command = [sys.executable, "-m", "tests.workflows.kit.worker_process", json.dumps(values), str(self.notes)]
        return subprocess.Popen(command)

    def calls(self) -> list[str]:
        return self.notes.read_text().split() if self.notes.exists() else []

    async def until_called(self, name: str) -> None:
        await eventually(lambda: name in self.calls())


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
    notes = tmp_path / "notes"
    notes.with_suffix(".slow").touch()
    processes = Processes(settings, notes)
    ctx = Context(TenantFacts(new_id(), "acme", "Acme"), Person(new_id(), "Ada", "ada@acme.example"), "owner")
    async with without_worker(settings, temporal_client, ctx) as stage:
        with killed_afterwards(processes.start()):
            run = await stage.launch(LINE, "killed")
            await processes.until_called("second")
        notes.with_suffix(".slow").unlink()
        with killed_afterwards(processes.start()):
            await stage.result(run)
        found = await stage.snapshot(run)
    assert processes.calls() == ["first", "second", "second", "look", "third", "ship", "tell"]
    assert found.state == "done"
    assert [step.attempt for step in found.steps] == [1, 2, 1, 1, 1, 1]
