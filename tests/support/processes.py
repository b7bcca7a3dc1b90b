"""Child processes of the product under test: started, killed without warning, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.settings import ROOT
from entrypoints.embedded import sessions
from entrypoints.embedded.program import MARK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

SECONDS_TO_BE_READY = 40
SECONDS_TO_STOP = 25


@dataclass
class Process:
    """One process; its output goes to ``log``. ``ready`` tells whether it serves; by default its log says so."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    state_dir: Path
    ready: Callable[[], Awaitable[bool]] | None = None
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _log_starts: int = field(default=0, init=False)

    @classmethod
    def of_python(
        cls,
        *arguments: str,
        environment: Mapping[str, str],
        log: Path,
        state_dir: Path,
        ready: Callable[[], Awaitable[bool]] | None,
    ) -> Process:
        """A process of this Python."""
        return cls((sys.executable, *arguments), environment, log, state_dir, ready)

    async def start(self) -> None:
        """Start it and wait until it serves."""
        self.launch()
        await self.until_ready()

    def launch(self) -> None:
        """Start it."""
        self._log_starts = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**_machine(), **self.environment, MARK: str(self.state_dir)},
                cwd=ROOT,
                start_new_session=True,
            )
        sessions.note(self.state_dir, self._running.pid)  # should this run be killed, the next one finds it

    async def until_ready(self) -> None:
        """Wait until it serves; fails with its last lines when it does not."""
        try:
            async with asyncio.timeout(SECONDS_TO_BE_READY):
                while not await self._is_ready():
                    assert self._running is not None
                    assert self._running.poll() is None, f"{self.command} ended:\n{self.output()[-4000:]}"
                    await asyncio.sleep(0.03)
        except TimeoutError:
            raise AssertionError(f"{self.command} is not ready:\n{self.output()[-4000:]}") from None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._running is not None and self._running.poll() is None

    def kill(self) -> None:
        """End it and all it started at once, as a power cut does."""
        self._signal(signal.SIGKILL)
        if self._running is not None:
            self._running.wait(5)

    def freeze(self) -> None:
        """Keep it from doing anything, its connections open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ask it to end, and wait for it."""
        if self._running is None or self._running.poll() is not None:
            return
        self._running.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(SECONDS_TO_STOP)
        self.kill()

    def output(self) -> str:
        """What it has written since its last start."""
        with self.log.open("rb") as log:
            log.seek(self._log_starts)
            return log.read().decode(errors="replace")

    async def _is_ready(self) -> bool:
        return await self.ready() if self.ready else "working" in self.output()

    def _signal(self, number: signal.Signals) -> None:
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, number)


def _machine() -> dict[str, str]:
    names = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in names if name in os.environ}
