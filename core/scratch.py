"""Folders for a while: gone when they are done with, or when the next worker starts, if their user was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "adx-scratch-"
SECONDS_TO_LOCK = 60
"""A folder that is younger may belong to somebody who has not locked it yet."""


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a folder that is this process's alone to use, and take it away with all that is in it."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        holder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(holder, fcntl.LOCK_EX)  # ends with the process, however that ends
            yield Path(folder)
        finally:
            os.close(holder)


def clear_scratch() -> int:
    """Take away what killed processes left: bytes of people's files, on this machine's disk. Returns how many."""
    return sum(_clear(folder) for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


def _clear(folder: Path) -> bool:
    try:
        found = folder.lstat()
        if found.st_uid != os.geteuid() or time.time() - found.st_mtime < SECONDS_TO_LOCK:
            return False
        holder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False  # it is somebody else's, or gone by now
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(holder)
