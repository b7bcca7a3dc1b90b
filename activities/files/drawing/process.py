"""The drawing process: reads orders, a line of JSON each (``Order``), and answers each by a line.

Every order is carried out in a cell of its own (``core/confinement``), without credentials, as nobody and within hard
limits, because decoders are where hostile files strike: what one file does to its process, the next one never meets.
The cell writes pictures into the folder and says what it drew; a file that cannot be decoded is called broken.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from activities.files.drawing import documents, pictures
from activities.files.drawing.drawn import Drawn, DrawnFacts, Recognised
from activities.files.recognising.recognise import recognise
from core.confinement import Bounds, Session, confined, die_with, hide_memory
from domain.files.kinds import PDF, UNKNOWN_TYPE

MEMORY = 1536 * 1024 * 1024
SECONDS = 120
"""For what takes no time of the processor; several times as much as it may take of that, since machines are busy."""
LARGEST_OUTPUT = 64 * 1024 * 1024

LENIENT = "--lenient"
"""Draw even where the system grants no walls: at a desk alone."""

Answer: TypeAlias = Drawn | DrawnFacts | Recognised
BROKEN: dict[str, Answer] = {
    "identify": Recognised(UNKNOWN_TYPE, broken=True),
    "metadata": DrawnFacts(broken=True),
}
"""What is said where a job fails; the others draw."""

Order: TypeAlias = tuple[str, str, str, str, int, int]
"""Job, media type (to identify: the name), original, folder, how much of the processor to leave to others (nice(2)),
and seconds of it."""

THUMBNAIL_BOX = 320
PREVIEW_BOX = 1600
MOST_PAGES = 5
LONGEST_COMPLAINT = 2000

ENCODINGS = ("ascii", "latin_1", "cp437", "cp1252", "utf_16", "utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")
IMPORTED_LATE = ("_strptime", *(f"encodings.{name}" for name in ENCODINGS))
"""What reading would import by itself; in a cell there is no Python to be read."""

for _name in IMPORTED_LATE:
    import_module(_name)


def main() -> None:
    """Answer orders until there are no more."""
    die_with(os.getppid())
    session = Session()
    hide_memory()
    for line in sys.stdin:
        order: Order = json.loads(line)
        *_, niceness, _ = order
        session.give_way(niceness)
        said, exit_code = in_a_fork(order)
        sys.stdout.write(json.dumps({"said": said, "exit": exit_code}) + "\n")
        sys.stdout.flush()


def in_a_fork(order: Order) -> tuple[str, int]:
    """Return what the fork said and how it ended: its exit code, or the negative number of the signal that ended it."""
    job, media_type, original, folder, niceness, cpu_seconds = order
    limits, work = bounds(niceness, cpu_seconds), partial(answer, job, media_type)
    ended = confined(Path(original), Path(folder), limits, work, lenient=is_lenient())
    said = ended.said.decode(errors="replace")
    if ended.exit_code > 0:
        sys.stderr.write(f"{said[-LONGEST_COMPLAINT:]!a}\n")  # a stranger may have written it
    return said, ended.exit_code


def bounds(niceness: int, cpu_seconds: int) -> Bounds:
    """Return what one job may take of this machine."""
    return Bounds(
        memory=MEMORY, cpu_seconds=cpu_seconds, largest_file=LARGEST_OUTPUT, seconds=SECONDS, niceness=niceness
    )


def is_lenient() -> bool:
    """Whether this process was told to draw without walls where there are none."""
    return LENIENT in sys.argv


def answer(job: str, media_type: str, original: Path, folder: Path) -> bytes:
    """Do one job, in its cell, and return what is said of it."""
    return json.dumps(dataclasses.asdict(drawn(job, media_type, original, folder))).encode()


def drawn(job: str, media_type: str, original: Path, folder: Path) -> Answer:
    """Return what came of a job."""
    try:
        return JOBS[job](media_type, original, folder)
    except ImportError:
        raise  # Python lies where nobody may read: the file is not to blame
    except Exception:  # noqa: BLE001  # decoders raise whatever they like; each of it means the same here
        return BROKEN.get(job, Drawn(broken=True))


def identify(name: str, original: Path, _folder: Path) -> Recognised:
    """Tell what the file is."""
    return recognise(original, name)


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


JOBS: dict[str, Callable[[str, Path, Path], Answer]] = {
    "identify": identify,
    "thumbnail": thumbnail,
    "preview": preview,
    "metadata": metadata,
}

if __name__ == "__main__":
    main()
