"""What processes give up, so that one that a hostile file has taken over gains little by it."""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from pathlib import Path

PR_SET_DUMPABLE = 4
NOBODY = 65534
"""User and group of whoever owns nothing: the kernel's own overflow id."""


def hide_memory() -> None:
    """Keep other processes of this user from reading this one's memory and environment, on Linux.

    Forks stay hidden too; a program that is started anew does not, and is given what it may know. It also means no
    core dumps, and no debugger for who is not root.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the process cannot hide its memory")


def become_nobody(folder: Path, original: Path) -> None:
    """Have a process of root go on as nobody, who may read ``original`` and write into ``folder``, and no way back.

    The folder stays root's, so nobody can put another one in its place. Who is not root, or is a root without the
    capability to change users (and then without the one to look into others), goes on as it is.
    """
    if os.geteuid() != 0:
        return
    try:
        for path, mode in ((folder, 0o770), (original, 0o640)):
            os.chown(path, -1, NOBODY)
            path.chmod(mode)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except PermissionError:
        return


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
