"""Has the pictures of a brand drawn by a process that is started for each of them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from activities.branding.drawing.process import LENIENT, UNREADABLE
from domain.branding.errors import picture_broken
from domain.branding.types import Rendition

Job = Literal["check", "logo", "icons"]

ROOT = Path(__file__).parents[3]
SECONDS = 60

RENDITIONS = TypeAdapter(tuple[Rendition, ...])
NAME, DIGEST = re.compile(r"[a-z0-9-]{1,40}\.png"), re.compile(r"[0-9a-f]{64}")
"""Both are written into style sheets."""


class DrawingError(Exception):
    """The drawing process itself does not work; the picture is not to blame."""


async def draw(
    job: Job, media_type: str, original: Path, name: str = "", *, lenient: bool = False
) -> tuple[Rendition, ...]:
    """Return what was drawn beside ``original``; raises InvalidError for a picture that cannot be read.

    A process that passes its limits or crashes was given a picture that is not right. ``lenient`` draws even where the
    system grants no walls.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "activities.branding.drawing.process",
        *(job, media_type, str(original), str(original.parent), name),
        *([LENIENT] if lenient else []),
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
        return _understood(said)
    if exit_code == UNREADABLE or (exit_code is not None and exit_code < 0):
        raise picture_broken()
    raise DrawingError(f"the drawing process ended with {exit_code}; its log says why")


def _understood(said: bytes) -> tuple[Rendition, ...]:
    """Return what was said of the pictures; a drawing that speaks out of order has been taken over by its picture."""
    try:
        drawn = RENDITIONS.validate_json(said, strict=True)
    except ValidationError:
        raise picture_broken() from None
    if not all(NAME.fullmatch(one.name) and DIGEST.fullmatch(one.sha256) for one in drawn):
        raise picture_broken()
    return drawn
