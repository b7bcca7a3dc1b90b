"""What a killed stack left running: found by the mark in its environment or by its session, and stopped."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psutil

from entrypoints.embedded import sessions
from entrypoints.embedded.program import MARK

if TYPE_CHECKING:
    from pathlib import Path

SECONDS_TO_END = 15


def find(state_dir: Path) -> list[psutil.Process]:
    """Processes of the stack that keeps its state in ``state_dir``."""
    started = sessions.noted(state_dir)
    return [process for process in psutil.process_iter() if _belongs(process, state_dir, started)]


def stop(state_dir: Path) -> list[str]:
    """End them, politely first and by force after a while. Returns their names."""
    found = find(state_dir)
    names = sorted({_name(process) for process in found} - {""})
    # The servers last: web and worker want to write what they have.
    servers = [process for process in found if _name(process) in {"postgres", "valkey-server"}]
    _end([process for process in found if process not in servers])
    _end(servers)
    sessions.forget(state_dir)
    return names


def _belongs(process: psutil.Process, state_dir: Path, started: sessions.Sessions) -> bool:
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return _is_marked(process, state_dir) or sessions.belongs(process, started)
    except (psutil.Error, OSError):
        return False


def _is_marked(process: psutil.Process, state_dir: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(state_dir)
    except psutil.AccessDenied:
        return False  # another user's, or one that hides


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        # PostgreSQL takes SIGTERM as "wait until all clients have gone", SIGINT as "now".
        _send(process, signal.SIGINT if _name(process) == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=SECONDS_TO_END)
    for process in alive:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
