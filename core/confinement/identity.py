"""Who a process is to others of this machine, and what of it they can see."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from core.confinement.kernel import IS_LINUX, PR_SET_DUMPABLE, prctl

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = 65534
"""User and group of whoever owns nothing: the kernel's own overflow id."""


def hide_memory() -> None:
    """Keep other processes of this user from reading this one's memory and environment, on Linux.

    Forks stay hidden too; a program that is started anew does not, and is given what it may know. It also means no
    core dumps, and no debugger for who is not root.
    """
    if IS_LINUX:
        prctl(PR_SET_DUMPABLE, 0)


def become_nobody(folder: Path, original: Path) -> None:
    """Have a process of root go on as nobody, who may read ``original`` and write into ``folder``, and no way back.

    The folder stays root's, so nobody can put another one in its place. Who is not root, or is a root without the
    capability to change users (and then without the one to look into others), goes on as it is.
    """
    hand_over(original, 0o640)
    hand_over(folder, 0o770)
    lay_down_the_crown()


def hand_over(path: Path, mode: int) -> None:
    """Give the group of nobody its part of what root owns."""
    if os.geteuid() != 0:
        return
    try:
        os.chown(path, -1, NOBODY)
        path.chmod(mode)
    except PermissionError:
        return


def lay_down_the_crown() -> None:
    """Have a process of root go on as nobody, where it may change users."""
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except PermissionError:
        return
