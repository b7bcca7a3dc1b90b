"""What a confined process may still do, tried by one: ``python -m tests.core.confined WHAT FOLDER`` answers in JSON."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from core.confinement import NOBODY, PR_SET_DUMPABLE, become_nobody, die_with, hide_memory
from entrypoints.embedded import leftovers, sessions

if TYPE_CHECKING:
    from collections.abc import Callable

PR_GET_DUMPABLE = 3


def can(act: Callable[[], object]) -> bool:
    """Whether something is let through."""
    try:
        act()
    except PermissionError:
        return False
    return True


def is_dumpable() -> bool:
    """Whether others of this user may look into this process."""
    return bool(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))


def look_into(*, hidden: bool) -> bool:
    """Whether a process can read the environment of another one of the same plain user."""
    victim = os.fork()
    if victim == 0:
        _be_plain()
        if hidden:
            hide_memory()
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(victim, os.WUNTRACED)
    reader = os.fork()
    if reader == 0:
        _be_plain()
        os._exit(can(lambda: Path(f"/proc/{victim}/environ").read_bytes()))
    _, status = os.waitpid(reader, 0)
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    return bool(os.waitstatus_to_exitcode(status))


def as_nobody(folder: Path) -> dict[str, bool | list[int]]:
    """What is left to a process of root that has become nobody."""
    original, work, secret = folder / "work" / "original", folder / "work", folder / "secret"
    os.chdir(work)
    become_nobody(work, original)
    return {
        "ids": [os.getuid(), os.getgid(), *os.getgroups()],
        "reads the original": can(Path(original.name).read_bytes),
        "writes a picture": can(lambda: Path("thumbnail.webp").write_bytes(b"webp")),
        "changes the original": can(lambda: Path(original.name).write_bytes(b"")),
        "changes the folder": can(lambda: Path().chmod(0o777)),
        "reads a secret": can(secret.read_bytes),
        "looks into root": can(Path(f"/proc/{os.getppid()}/environ").read_bytes),
        "comes back": can(lambda: os.setuid(0)),
    }


def _be_plain() -> None:
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # changing users has hidden it


def serving(name: str) -> bool:
    """Whether a process of the product can be looked into once it serves."""
    process: Any = import_module(f"entrypoints.{name}")
    for part in ("configure_logging", "configure_tracing", "serve_metrics", "_allow_open_files", "Granian"):
        setattr(process, part, lambda *_, **__: SimpleNamespace(serve=lambda: None, on_startup=lambda _: None))
    process.asyncio = SimpleNamespace(run=lambda work: work.close())  # it begins nothing
    settings: Any = SimpleNamespace(environment="development", bind_host="", bind_port=0, metrics_port=None)
    given: tuple[Any, ...] = (Path(), 0, 0) if name == "mailbox.server" else (settings, [])
    process.MailStore = lambda _: None
    process.serve(*given)
    return is_dumpable()


def application() -> bool:
    """Whether the process that granian starts can be looked into."""
    process: Any = import_module("entrypoints.web")
    process.Settings = SimpleNamespace(load=lambda: None)
    for part in ("configure_logging", "configure_tracing", "serve_metrics", "Application"):
        setattr(process, part, lambda *_: None)
    process.application()
    return is_dumpable()


def left() -> list[bool]:
    """Whether a process of a plain user that hides is found by its stack, before and after it is written down."""
    _be_plain()
    with tempfile.TemporaryDirectory() as folder:
        return _left(Path(folder))


def _left(folder: Path) -> list[bool]:
    reading, writing = os.pipe()
    parent = os.getpid()
    if (child := os.fork()) == 0:
        os.setsid()
        die_with(parent)
        hide_memory()
        os.write(writing, b".")
        os.kill(os.getpid(), signal.SIGSTOP)
    os.read(reading, 1)
    found = [child in {process.pid for process in leftovers.find(folder)}]
    sessions.note(folder, child)
    found.append(child in {process.pid for process in leftovers.find(folder)})
    sessions.forget(folder)
    found.append(child in {process.pid for process in leftovers.find(folder)})
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return found


if __name__ == "__main__":
    what, where = sys.argv[1:]
    TRIED: dict[str, Callable[[], object]] = {
        "hidden": lambda: look_into(hidden=True),
        "open": lambda: look_into(hidden=False),
        "nobody": lambda: as_nobody(Path(where)),
        "serving": lambda: serving(where),
        "application": application,
        "left": left,
    }
    sys.stdout.write(f"\n{json.dumps(TRIED[what]())}")
