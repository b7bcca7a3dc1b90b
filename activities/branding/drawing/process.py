"""The drawing process: ``python -m activities.branding.drawing.process JOB TYPE ORIGINAL FOLDER NAME``.

It draws one picture in a cell (``core/confinement``), without credentials, as nobody and within hard limits, because
decoders are where hostile files strike. It prints what it drew as one line of JSON and ends with 0; with 3 it says that
the picture cannot be read.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from functools import partial
from pathlib import Path

from activities.branding.drawing import pictures
from core.confinement import Bounds, Session, confined, die_with, hide_memory

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
SECONDS = 60
LARGEST_OUTPUT = 16 * 1024 * 1024
NICENESS = 5
"""Drawing gives way to pages and workflows (nice(2))."""
UNREADABLE = 3
CANNOT_READ = b"unreadable"

LENIENT = "--lenient"
"""Draw even where the system grants no walls: at a desk alone."""

LONGEST_COMPLAINT = 2000


def main() -> int:
    """Draw, and say what was drawn."""
    die_with(os.getppid())
    Session().give_way(NICENESS)
    hide_memory()
    job, media_type, original, folder, name = sys.argv[1:6]
    bounds = Bounds(
        memory=MEMORY, cpu_seconds=CPU_SECONDS, largest_file=LARGEST_OUTPUT, seconds=SECONDS, niceness=NICENESS
    )
    work = partial(answer, job, media_type, name)
    ended = confined(Path(original), Path(folder), bounds, work, lenient=LENIENT in sys.argv)
    if ended.exit_code < 0 or ended.said == CANNOT_READ:
        return UNREADABLE
    if ended.exit_code:
        said = ended.said.decode(errors="replace")
        sys.stderr.write(f"{said[-LONGEST_COMPLAINT:]!a}\n")  # a stranger may have written it
        return 1
    sys.stdout.buffer.write(ended.said)
    return 0


def answer(job: str, media_type: str, name: str, original: Path, folder: Path) -> bytes:
    """Do the job, in its cell, and return what is said of it."""
    try:
        drawn = draw(job, media_type, original, folder, name)
    except ImportError:
        raise  # Python lies where nobody may read: the picture is not to blame
    except Exception:  # noqa: BLE001  # decoders raise whatever they like; each of it means the same here
        return CANNOT_READ
    return json.dumps([dataclasses.asdict(one) for one in drawn]).encode()


def draw(job: str, media_type: str, original: Path, folder: Path, name: str) -> list[pictures.Picture]:
    """Return what came of a job."""
    if job == "logo":
        return pictures.logo(original, media_type, folder, name)
    if job == "icons":
        return pictures.icons(original, media_type, folder)
    return pictures.check(original, media_type)


if __name__ == "__main__":
    sys.exit(main())
