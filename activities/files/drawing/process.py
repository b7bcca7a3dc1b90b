"""The drawing process: reads orders ``[job, type, original, folder]``, a line of JSON each, and answers each by a line.

Every order is carried out by a fork of its own, without credentials, as nobody and within hard limits, because decoders
are where hostile files strike: what one file does to its process, the next one never meets. The fork writes pictures
into the folder and says what it drew; a file that cannot be decoded is called broken.
"""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from activities.files.drawing import documents, pictures
from activities.files.drawing.drawn import Drawn, DrawnFacts
from core.confinement import become_nobody

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
LARGEST_OUTPUT = 64 * 1024 * 1024

THUMBNAIL_BOX = 320
PREVIEW_BOX = 1600
MOST_PAGES = 5

PDF = "application/pdf"
IMPORTED_LATE = ("_strptime", "encodings.utf_16_le")
"""What reading details would import by itself; a fork may be unable to read where Python lies."""


def main() -> None:
    """Answer orders until there are no more."""
    for name in IMPORTED_LATE:
        import_module(name)
    for line in sys.stdin:
        said, exit_code = in_a_fork(json.loads(line))
        sys.stdout.write(json.dumps({"said": said, "exit": exit_code}) + "\n")
        sys.stdout.flush()


def in_a_fork(order: list[str]) -> tuple[str, int]:
    """Return what the fork said and how it ended: its exit code, or the negative number of the signal that ended it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        carry_out(order, writing)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return said, os.waitstatus_to_exitcode(status)


def carry_out(order: list[str], writing: int) -> NoReturn:
    """Do one job in this process, and end it."""
    job, media_type, path, place = order
    original, folder = Path(path), Path(place)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)  # the orders and answers of other files are none of this one's business
    try:
        os.chdir(folder)  # what lies above it may be closed to nobody
        become_nobody(folder, original)
        limit()
        said = drawn(job, media_type, Path(original.name), Path())
        os.write(writing, json.dumps(dataclasses.asdict(said)).encode())
    except BaseException:  # noqa: BLE001  # a fork must never go on into the loop of its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def drawn(job: str, media_type: str, original: Path, folder: Path) -> Drawn | DrawnFacts:
    """Return what came of a job."""
    try:
        return JOBS[job](media_type, original, folder)
    except ImportError:
        raise  # Python lies where nobody may read: the file is not to blame
    except Exception:  # noqa: BLE001  # decoders raise whatever they like; each of it means the same here
        return DrawnFacts(broken=True) if job == "metadata" else Drawn(broken=True)


def limit() -> None:
    """Give up the right to much memory, time and disk, before a byte of the original is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def thumbnail(media_type: str, original: Path, folder: Path) -> Drawn:
    """Draw the small picture of the list."""
    if media_type == PDF:
        return documents.draw(original, folder, ["thumbnail"], THUMBNAIL_BOX)
    return pictures.draw(original, media_type, folder, "thumbnail", THUMBNAIL_BOX)


def preview(media_type: str, original: Path, folder: Path) -> Drawn:
    """Draw the large pictures of the file's own page: of a document, its first pages."""
    if media_type == PDF:
        return documents.draw(original, folder, [f"preview-{page + 1}" for page in range(MOST_PAGES)], PREVIEW_BOX)
    return pictures.draw(original, media_type, folder, "preview-1", PREVIEW_BOX)


def metadata(media_type: str, original: Path, _folder: Path) -> DrawnFacts:
    """Read what the file says about itself."""
    return documents.read(original) if media_type == PDF else pictures.read(original, media_type)


JOBS: dict[str, Callable[[str, Path, Path], Drawn | DrawnFacts]] = {
    "thumbnail": thumbnail,
    "preview": preview,
    "metadata": metadata,
}

if __name__ == "__main__":
    main()
