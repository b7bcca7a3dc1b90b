"""Has files drawn by processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from activities.files.drawing.heard import BROKEN, understood
from core.shares import Shares

if TYPE_CHECKING:
    from activities.files.drawing.process import Order

Job = Literal["identify", "thumbnail", "preview", "metadata"]

ROOT = Path(__file__).parents[3]
SECONDS = 130
"""The process ends a job by itself before that; should it be stopped or swapped out, this is the end."""
CPU_SECONDS: Mapping[Job, int] = MappingProxyType({"identify": 10, "thumbnail": 10, "preview": 30, "metadata": 10})
"""Three times what the slowest honest file was found to need (docs/features/files.md, "How long drawing may take")."""
DESKS = 6
DESKS_OF_ONE = 3
"""The three jobs of one file side by side. Whoever comes beside this owner has as many: with one desk less, its jobs
would stand behind each other for as long as a hostile file is drawn at the others."""

NICENESS, NICENESS_AFTER_STRIKES = 5, 15
"""Drawing gives way to pages and workflows, and what follows a killed job to other drawing (nice(2))."""

FILES_REMEMBERED = 1000

LARGEST_ANSWER = 8 * 1024 * 1024
"""A line: a whole answer of a cell, in JSON again."""


KILLED = frozenset({-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ})
"""How a job ends that has passed its limits of time or space, and was not ended by its own fault of memory."""


class DrawingError(Exception):
    """The drawing process itself does not work; the file is not to blame."""


class GivenUpError(Exception):
    """A job of the same file had to be killed; no other of it is begun or brought to its end."""


class Studio:
    """A few desks that are kept warm, since starting an interpreter takes longer than most drawings.

    Owners (tenants) share them: nobody has more than one while others have none and wait. An owner whose job had to be
    killed has one desk at a time and goes behind the others for a while.
    """

    def __init__(
        self, desks: int = DESKS, *, cpu_seconds: Mapping[Job, int] = CPU_SECONDS, lenient: bool = False
    ) -> None:
        """``lenient`` draws even where the system grants no walls."""
        self._lenient = lenient
        self._cpu_seconds = cpu_seconds
        self._shares = Shares(desks, of_one=min(DESKS_OF_ONE, desks))
        self._idle: deque[Desk] = deque()
        self._at_work: defaultdict[Hashable, set[Desk]] = defaultdict(set)
        self._given_up: OrderedDict[Hashable, None] = OrderedDict()

    @asynccontextmanager
    async def desk(self, owner: Hashable = None, file: Hashable = None) -> AsyncIterator[Desk]:
        """Take a desk as soon as it is the owner's turn. What it needs is to be fetched then: no more shall lie about.

        Raises :class:`GivenUpError` at once, after the wait or out of the block, as soon as a job of the same file is
        killed.
        """
        self._check(file)
        async with self._shares.place(owner):
            self._check(file)
            desk = self._idle.pop() if self._idle else await Desk.open(lenient=self._lenient)
            desk.begin(NICENESS_AFTER_STRIKES if self._shares.strikes(owner) else NICENESS, self._cpu_seconds)
            self._at_work[file].add(desk)
            try:
                yield desk
            except DrawingError as error:
                self._check(file, error)  # its desk was cleared because of another job of the file
                raise
            finally:
                self._leave(desk, owner, file)

    def _check(self, file: Hashable, cause: Exception | None = None) -> None:
        if file is not None and file in self._given_up:
            raise GivenUpError from cause

    def _leave(self, desk: Desk, owner: Hashable, file: Hashable) -> None:
        self._at_work[file].discard(desk)
        if desk.has_killed:
            self._shares.strike(owner)
            self._give_up(file)
        if not self._at_work[file]:
            del self._at_work[file]
        if desk.is_open:
            self._idle.append(desk)

    def _give_up(self, file: Hashable) -> None:
        """End the other jobs of a file, now and for as long as they may still come."""
        if file is None:
            return
        self._given_up[file] = None
        while len(self._given_up) > FILES_REMEMBERED:
            self._given_up.popitem(last=False)
        for other in self._at_work[file]:
            other.close()

    async def close(self) -> None:
        """End all processes, also of those that still draw, and wait until they have ended."""
        desks = [*self._idle, *chain.from_iterable(self._at_work.values())]
        self._idle.clear()
        for desk in desks:
            desk.close()
        await asyncio.gather(*(desk.ended() for desk in desks))


class Desk:
    """One process that has its decoders loaded and draws each file in a fork of itself."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.is_open = True
        self.has_killed = False
        self._niceness, self._cpu_seconds = NICENESS, CPU_SECONDS

    @classmethod
    async def open(cls, *, lenient: bool = False) -> Desk:
        """Start the process."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "activities.files.drawing.process",
                *(["--lenient"] if lenient else []),
                cwd=ROOT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=LARGEST_ANSWER,
            )
        )

    def begin(self, niceness: int, cpu_seconds: Mapping[Job, int]) -> None:
        """Say how much of the processor the next jobs may take; ``has_killed`` is of them from now on."""
        self._niceness, self._cpu_seconds = niceness, cpu_seconds
        self.has_killed = False

    async def perform(self, job: Job, media_type: str, original: Path) -> dict[str, Any]:
        """Return what the process says of the file; pictures lie beside ``original`` afterwards.

        A process that passes its limits or crashes was given a file that is not right: it is called broken. Raises
        :class:`DrawingError` when drawing does not work at all.
        """
        order = (job, media_type, str(original), str(original.parent), self._niceness, self._cpu_seconds[job])
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._ask(order)
        except TimeoutError:
            self.has_killed = True
            self.close()
            return BROKEN
        except BaseException:
            self.close()
            raise
        self.has_killed = answer["exit"] in KILLED
        return _judged(job, answer)

    async def _ask(self, order: Order) -> dict[str, Any]:
        to_desk, from_desk = self._process.stdin, self._process.stdout
        if to_desk is None or from_desk is None:
            raise DrawingError("the drawing process has no pipes")
        try:
            to_desk.write(json.dumps(order).encode() + b"\n")
            await to_desk.drain()
            line = await from_desk.readline()
        except OSError as error:
            raise DrawingError("the drawing process has ended") from error
        if not line:
            raise DrawingError("the drawing process has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process and the fork that may be drawing."""
        self.is_open = False
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def ended(self) -> None:
        """Wait for the end of the process."""
        await self._process.wait()


def _judged(job: Job, answer: dict[str, Any]) -> dict[str, Any]:
    if answer["exit"] < 0:
        return BROKEN
    if answer["exit"]:
        raise DrawingError(f"the drawing process ended with {answer['exit']}; its log says why")
    return understood(job, answer["said"])
