"""Has files drawn by processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from activities.files.drawing.heard import BROKEN, understood

Job = Literal["thumbnail", "preview", "metadata"]

ROOT = Path(__file__).parents[3]
SECONDS = 120
DESKS = 3
"""Jobs at once: the three of one file side by side, and never so many that a small machine chokes."""

LARGEST_ANSWER = 8 * 1024 * 1024
"""A line: a whole answer of a cell, in JSON again."""


class DrawingError(Exception):
    """The drawing process itself does not work; the file is not to blame."""


class Studio:
    """A few desks that are kept warm, since starting an interpreter takes longer than most drawings."""

    def __init__(self, desks: int = DESKS, *, lenient: bool = False) -> None:
        """``lenient`` draws even where the system grants no walls."""
        self._lenient = lenient
        self._free = asyncio.Semaphore(desks)
        self._idle: deque[Desk] = deque()

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """Take a desk as soon as one is free. What it needs is to be fetched then, so that no more lies about."""
        async with self._free:
            desk = self._idle.pop() if self._idle else await Desk.open(lenient=self._lenient)
            try:
                yield desk
            finally:
                if desk.is_open:
                    self._idle.append(desk)

    def close(self) -> None:
        """End the idle processes."""
        while self._idle:
            self._idle.pop().close()


class Desk:
    """One process that has its decoders loaded and draws each file in a fork of itself."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.is_open = True

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

    async def perform(self, job: Job, media_type: str, original: Path) -> dict[str, Any]:
        """Return what the process says of the file; pictures lie beside ``original`` afterwards.

        A process that passes its limits or crashes was given a file that is not right: it is called broken. Raises
        :class:`DrawingError` when drawing does not work at all.
        """
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._ask([job, media_type, str(original), str(original.parent)])
        except TimeoutError:
            self.close()
            return BROKEN
        except BaseException:
            self.close()
            raise
        return _judged(job, answer)

    async def _ask(self, order: list[str]) -> dict[str, Any]:
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


def _judged(job: Job, answer: dict[str, Any]) -> dict[str, Any]:
    if answer["exit"] < 0:
        return BROKEN
    if answer["exit"]:
        raise DrawingError(f"the drawing process ended with {answer['exit']}; its log says why")
    return understood(job, answer["said"])
