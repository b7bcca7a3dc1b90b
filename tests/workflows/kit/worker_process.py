"""A worker of the sample workflows in a process of its own, to be killed. Its steps note their calls in a folder."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from core.db import Database
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.runs.recorder import Recorder
from core.runs.temporal import connect
from core.settings import Settings
from tests.workflows.kit.sample import CONTRACTS
from tests.workflows.kit.stage import Script, worker_of

HANGS = "second"
SLOW = "slow"


class Noted(dict[str, Script]):
    """A script for every label: it notes calls in a file of that name, and hangs while ``SLOW`` is there."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    def __missing__(self, label: str) -> Script:
        return Script(acts={HANGS: self._hang}, calls=_Lines(self._notes / label))

    async def _hang(self) -> None:
        if (self._notes / SLOW).exists():
            await asyncio.sleep(60)


class _Lines(list[str]):
    def __init__(self, file: Path) -> None:
        self._file = file

    def append(self, name: str) -> None:
        with self._file.open("a") as file:
            file.write(f"{name}\n")


async def main(settings: Settings, notes: Path) -> None:
    """Work until killed."""
    db = await Database.connect(settings, pool_size=2)
    recorder = Recorder(db, CONTRACTS)
    recorder.start()
    scripts: Any = Noted(notes)
    async with worker_of(await connect(settings, KeyRing(db, open_kms(settings))), recorder, scripts):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1]), Path(sys.argv[2])))
