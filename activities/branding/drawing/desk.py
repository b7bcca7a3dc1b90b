"""Has the pictures of a brand drawn by a process that is started for each of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from activities.branding.drawing.process import UNREADABLE
from domain.branding.errors import picture_broken
from domain.branding.types import Rendition

Job = Literal["check", "logo", "icons"]

ROOT = Path(__file__).parents[3]
SECONDS = 60


class DrawingError(Exception):
    """The drawing process itself does not work; the picture is not to blame."""


async def draw(job: Job, media_type: str, original: Path, name: str = "") -> tuple[Rendition, ...]:
    """Return what was drawn beside ``original``; raises InvalidError for a picture that cannot be read.

    A process that passes its limits or crashes was given a picture that is not right.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "activities.branding.drawing.process",
        *(job, media_type, str(original), str(original.parent), name),
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        raise picture_broken() from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return _judged(process.returncode, said)


def _judged(exit_code: int | None, said: bytes) -> tuple[Rendition, ...]:
    if exit_code == 0:
        return tuple(Rendition(**one) for one in json.loads(said))
    if exit_code == UNREADABLE or (exit_code is not None and exit_code < 0):
        raise picture_broken()
    raise DrawingError(f"the drawing process ended with {exit_code}; its log says why")
