"""Which processes a stack has started, written down: should it be killed, those that hide are found by it.

Each program is started in a session of its own, which whatever it starts belongs to, and which nobody can enter.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

Sessions = dict[int, float]
"""When the first process of a session began, in seconds since 1970, by its number."""

BOOT = Path("/proc/sys/kernel/random/boot_id")
LINE = re.compile(r"(?P<boot>\S+) (?P<pid>\d+) (?P<began>[\d.]+)")
EXACT = 0.5
"""Seconds by which two readings of one beginning may differ."""


def note(state_dir: Path, pid: int) -> None:
    """Write down a program that has just been started in a session of its own."""
    try:
        began = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return
    with (state_dir / "sessions").open("a") as file:
        file.write(f"{_boot()} {pid} {began}\n")


def noted(state_dir: Path) -> Sessions:
    """Return the sessions that were started since this machine was."""
    try:
        lines = (state_dir / "sessions").read_text().splitlines()
    except FileNotFoundError:
        return {}
    found = (LINE.fullmatch(line) for line in lines)
    return {int(line["pid"]): float(line["began"]) for line in found if line and line["boot"] == _boot()}


def forget(state_dir: Path) -> None:
    """Begin anew, when nothing is left of them."""
    (state_dir / "sessions").unlink(missing_ok=True)


def belongs(process: psutil.Process, sessions: Mapping[int, float]) -> bool:
    """Whether a process of ours is of a session that was written down, and not of one that has its number by now."""
    session = os.getsid(process.pid)
    began = sessions.get(session)
    if began is None or process.uids().real != os.getuid() or process.cmdline()[:1] != [sys.executable]:
        return False
    first = _beginning(session)
    return process.create_time() > began - EXACT and (first is None or abs(first - began) < EXACT)


def _beginning(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None  # the first has ended; its number is not given out while others of its session live


def _boot() -> str:
    return BOOT.read_text().strip() if BOOT.exists() else str(round(psutil.boot_time()))
