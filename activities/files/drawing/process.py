"""The drawing process: ``python -m activities.files.drawing.process <job> <type> <original> <folder>``.

One process a job, without credentials and within hard limits, because decoders are where hostile files strike. It
writes pictures into the folder and prints one line of JSON; a file that cannot be decoded is called broken.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from activities.files.drawing import documents, pictures
from activities.files.drawing.drawn import Drawn, DrawnFacts

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 60
LARGEST_OUTPUT = 64 * 1024 * 1024

THUMBNAIL_BOX = 320
PREVIEW_BOX = 1600
MOST_PAGES = 5

PDF = "application/pdf"


def main(job: str, media_type: str, original: Path, folder: Path) -> None:
    """Do one job and print what came of it."""
    limit()
    try:
        result = JOBS[job](media_type, original, folder)
    except Exception:  # noqa: BLE001  # decoders raise whatever they like; each of it means the same here
        result = DrawnFacts(broken=True) if job == "metadata" else Drawn(broken=True)
    sys.stdout.write(json.dumps(dataclasses.asdict(result)))


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
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
