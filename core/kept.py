"""Small files of this process's owner alone, there as a whole or not at all, whatever cuts their writing off."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the text of a file, made at the first call; safe when several processes start at once.

    An empty file is what a start that was cut off may have left of old: it is made anew.
    """
    if found := _read(path):
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = _beside(path, make())
    try:
        os.link(whole, path)  # unlike a renaming it fails where another was first
    except FileExistsError:
        if not _read(path):
            whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)
    return path.read_text()


def keep(path: Path, text: str) -> None:
    """Write a file, in place of the one that may be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _beside(path, text).replace(path)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def _beside(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # for its owner alone
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
    return Path(name)
