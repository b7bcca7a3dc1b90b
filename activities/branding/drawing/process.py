"""The drawing process: ``python -m activities.branding.drawing.process JOB TYPE ORIGINAL FOLDER NAME``.

It draws one picture, without credentials, as nobody and within hard limits, because decoders are where hostile files
strike. It prints what it drew as one line of JSON and ends with 0; with 3 it says that the picture cannot be read.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
from pathlib import Path

from activities.branding.drawing import pictures
from core.confinement import become_nobody

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
LARGEST_OUTPUT = 16 * 1024 * 1024
UNREADABLE = 3


def main() -> int:
    """Draw, and say what was drawn."""
    job, media_type, path, place, name = sys.argv[1:]
    original, folder = Path(path), Path(place)
    os.chdir(folder)  # what lies above it may be closed to nobody
    become_nobody(folder, original)
    limit()
    try:
        drawn = draw(job, media_type, Path(original.name), Path(), name)
    except ImportError:
        raise  # Python lies where nobody may read: the picture is not to blame
    except Exception:  # noqa: BLE001  # decoders raise whatever they like; each of it means the same here
        return UNREADABLE
    sys.stdout.write(json.dumps([dataclasses.asdict(one) for one in drawn]))
    return 0


def draw(job: str, media_type: str, original: Path, folder: Path, name: str) -> list[pictures.Picture]:
    """Return what came of a job."""
    if job == "logo":
        return pictures.logo(original, media_type, folder, name)
    if job == "icons":
        return pictures.icons(original, media_type, folder)
    return pictures.check(original, media_type)


def limit() -> None:
    """Give up the right to much memory, time and disk, before a byte of the original is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
