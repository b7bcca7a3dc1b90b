"""Has files drawn by processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Literal

Job = Literal["thumbnail", "preview", "metadata"]

ROOT = Path(__file__).parents[3]
SECONDS = 120
BROKEN: dict[str, Any] = {"broken": True}


async def perform(job: Job, media_type: str, original: Path) -> dict[str, Any]:
    """Return what the process says of the file; pictures lie beside ``original`` afterwards.

    A process that passes its limits or crashes was given a file that is not right: it is called broken.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "activities.files.drawing.process",
        job,
        media_type,
        str(original),
        str(original.parent),
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, complaint = await process.communicate()
    except TimeoutError:
        return BROKEN
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode is None or process.returncode < 0:
        return BROKEN
    if process.returncode:
        raise RuntimeError(complaint.decode(errors="replace")[-2000:])
    result: dict[str, Any] = json.loads(said)
    return result
