"""Runs the stack's processes: one coloured log each, started again when they die, stopped in order.

Not honcho, which ends everything as soon as one process ends: here a killed worker or server only delays.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import re
import signal
import sys
import time
from collections import deque
from typing import TYPE_CHECKING

from core.messages import messages_of
from core.plain_text import for_terminal
from entrypoints.embedded import sessions
from entrypoints.embedded.program import Program, StartError
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

N_ = messages_of("cli")

COLOUR = re.compile(r"(\x1b\[(?:[01247]|3\d|9\d)?(?:;(?:[01247]|3\d|9\d))*m)")
"""Colours and weights; not, for one, the command that hides a text."""

COLOURS = ("36", "35", "33", "34", "32", "95", "96", "93")
SECONDS_TO_BE_READY = 60
FALLS_BEFORE_READY = 3
LONGEST_PAUSE = 5.0
SECONDS_BETWEEN_LOOKS = 0.05
LINES_SHOWN_ON_FAILURE = 20
LINE_LIMIT = 1 << 20


class Log:
    """Lines on the terminal, each with the name of its process in that process's colour."""

    def __init__(self, *, coloured: bool) -> None:
        self.coloured = coloured
        self._colours: dict[str, str] = {}

    def write(self, name: str, line: str, *, keeps_colours: bool = False) -> None:
        """Print one line of a process; its own colours are kept only of one that escapes what it is given."""
        label = f"{name:>8} │"
        if self.coloured:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        # A terminal that has gone (SIGHUP) must not keep the stack from stopping cleanly.
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.write(f"{label} {_shown(line) if keeps_colours else _spelt(line)}\n")
            sys.stdout.flush()


class Keeper:
    """Keeps one program running until told to stop."""

    def __init__(self, program: Program, log: Log) -> None:
        self.program = program
        self.falls = 0
        self.recent: deque[str] = deque(maxlen=LINES_SHOWN_ON_FAILURE)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._keep(), name=program.name)

    async def until_ready(self) -> None:
        """Return once the program serves.

        Raises:
            StartError: it keeps dying, or takes longer than a minute; the text has its last lines.
        """
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        while not await self.program.ready():
            if self.falls >= FALLS_BEFORE_READY:
                raise StartError(
                    tell(N_("{name} ended as soon as it was started. Its last lines:\n{lines}", **self._last()))
                )
            if time.monotonic() > deadline:
                raise StartError(
                    tell(
                        N_(
                            "{name} was not ready after {count} second. Its last lines:\n{lines}",
                            "{name} was not ready after {count} seconds. Its last lines:\n{lines}",
                            count=SECONDS_TO_BE_READY,
                            **self._last(),
                        )
                    )
                )
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def stop(self) -> None:
        """End the program and all it started; by force when its time of grace is over."""
        self._stopping.set()
        process = self._process
        if process and process.returncode is None:
            _signal_group(process.pid, self.program.stop_signal)
            try:
                await asyncio.wait_for(_end_of(process), self.program.grace)
            except TimeoutError:
                self._log.write(
                    self.program.name,
                    tell(
                        N_(
                            "did not end within {count} s and was killed",
                            "did not end within {count} s and was killed",
                            count=round(self.program.grace),
                        )
                    ),
                )
        if process:
            _signal_group(process.pid, signal.SIGKILL)
        await asyncio.wait([self._task], timeout=5)

    async def _keep(self) -> None:
        pause = 0.2
        while True:
            began = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            self.falls += 1
            pause = 0.2 if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            self._log.write(self.program.name, _ending(code))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
                return

    async def _run_once(self) -> int:
        user = pwd.getpwnam(self.program.user) if self.program.user else None
        process = await asyncio.create_subprocess_exec(
            *self.program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.program.environment,
            cwd=self.program.cwd,
            # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            limit=LINE_LIMIT,
        )
        self._process = process
        sessions.note(self.program.state_dir, process.pid)
        if self._stopping.is_set():
            _signal_group(process.pid, self.program.stop_signal)
        reader = asyncio.create_task(self._relay(process))
        code = await _end_of(process)
        # What it started must not outlive it: an orphan would hold its port.
        _signal_group(process.pid, signal.SIGKILL)
        await asyncio.wait([reader], timeout=2)
        reader.cancel()
        return code

    async def _relay(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                raw = await process.stdout.readline()
            except ValueError:  # a line above the limit: shown from its next line on
                continue
            if not raw:
                return
            line = raw.decode(errors="replace").rstrip()
            if line:
                self.recent.append(line)
                self._log.write(self.program.name, line, keeps_colours="FORCE_COLOR" in self.program.env)

    def _last(self) -> dict[str, str]:
        lines = [f"    {COLOUR.sub('', line)}" for line in self.recent or [tell(N_("(it wrote nothing)"))]]
        return {"name": self.program.name, "lines": "\n".join(lines)}


class Supervisor:
    """All programs of a stack; stopped in the reverse order of the groups they were started in."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._groups: list[list[Keeper]] = []

    async def start(self, programs: Sequence[Program]) -> None:
        """Start programs that do not need one another, and wait until all of them serve."""
        keepers = [Keeper(program, self._log) for program in programs]
        self._groups.append(keepers)
        await asyncio.gather(*(keeper.until_ready() for keeper in keepers))

    async def stop(self) -> None:
        """Stop everything: what was started last goes first."""
        while self._groups:
            await asyncio.gather(*(keeper.stop() for keeper in self._groups.pop()))


def _shown(line: str) -> str:
    """Return a line with its colours; every other command to a terminal is spelt out."""
    parts = COLOUR.split(line)
    # Every second part is what stood between: a colour.
    texts = map(_spelt, parts[::2])
    return "".join(part for pair in zip(texts, [*parts[1::2], ""], strict=True) for part in pair)


def _spelt(line: str) -> str:
    return for_terminal(line).replace("\n", "\\n")


async def _end_of(process: asyncio.subprocess.Process) -> int:
    # Process.wait() also waits until its output is closed, which what it started may hold open long after its end.
    while process.returncode is None:  # noqa: ASYNC110 - asyncio offers no event for it
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    return process.returncode


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _ending(code: int) -> str:
    if code < 0:
        return tell(N_("was ended by {signal}; starting it again", signal=signal.Signals(-code).name))
    return tell(N_("ended with status {status}; starting it again", status=code))
