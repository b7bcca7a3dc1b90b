"""Reading what a process that is not trusted has left behind."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_written(folder: Path, name: str) -> bytes:
    """Return what a process that is not trusted has written into ``folder`` under a plain name.

    Raises OSError for a link, a pipe and whatever else is no file of its own: what it leads to was not drawn.
    """
    if name in {"", ".."} or Path(name).name != name:
        raise PermissionError(f"not a plain name: {name!r}")
    handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise PermissionError(f"not a file: {name!r}")
    with os.fdopen(handle, "rb") as file:
        return file.read()
