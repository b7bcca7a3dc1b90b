"""One job on a stranger's bytes, done by a fork that can reach nothing else, with everything of it gone at its end.

Three processes: the desk, which is kept; a guard, forked for the job, which makes the room, waits, and ends it in time;
and the inmate, which does the work. It is walled in twice where the system can: by namespaces (``room.py``), and by
landlock and seccomp, which a plain user in a container has too. Either is enough; without both nothing is done.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from core.confinement import landlock, room, seccomp
from core.confinement.identity import NOBODY, hand_over, hide_memory, lay_down_the_crown
from core.confinement.kernel import IS_LINUX, die_with, drop_capabilities

Work = Callable[[Path, Path], bytes]
"""Takes the original and the folder for what comes of it, by names that hold inside; returns what is to be said."""

FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
"""Documents name fonts that they do not carry."""

LARGEST_ANSWER = 1024 * 1024
ANSWERING = 3
"""The one descriptor that an inmate keeps, beside the three that lead nowhere."""

HIGHEST_INHERITED = 1 << 16
"""A desk opens a handful of descriptors; some systems allow a billion, which are not to be closed one by one."""


class UnconfinedError(Exception):
    """This system grants neither namespaces nor landlock and seccomp, so nothing of a stranger is opened."""


@dataclass(frozen=True)
class Bounds:
    """The most of everything that one job may take: bytes, seconds, and numbers.

    The larger its ``niceness``, the more of the processor it leaves to others (nice(2)).
    """

    memory: int
    cpu_seconds: int
    largest_file: int
    seconds: int
    all_files: int = 128 * 1024 * 1024
    threads: int = 256
    open_files: int = 64
    niceness: int = 0


@dataclass(frozen=True)
class Ended:
    """What a job said, and its exit code or the negative number of the signal that ended it."""

    said: bytes
    exit_code: int


def confined(original: Path, folder: Path, bounds: Bounds, work: Work, *, lenient: bool = False) -> Ended:
    """Have the work done in a cell around ``folder``, where the original lies; blocks until all of it has ended.

    A job that fails says its traceback and ends with 1. ``lenient`` works without walls where there are none, which is
    for desks: everywhere else such a system says so by ending with 1.
    """
    reading, writing = os.pipe()
    desk, guard = os.getpid(), os.fork()
    if guard == 0:
        os.close(reading)
        _guard(desk, _Cell(original, folder, bounds, work, lenient=lenient), writing)
    os.close(writing)
    said = _heard(reading)
    if len(said) > LARGEST_ANSWER:
        os.kill(guard, signal.SIGKILL)
    _, status = os.waitpid(guard, 0)
    return Ended(said, os.waitstatus_to_exitcode(status))


@dataclass(frozen=True)
class _Cell:
    original: Path
    folder: Path
    bounds: Bounds
    work: Work
    lenient: bool


@dataclass(frozen=True)
class _Given:
    """What the guard hands to the inmate: its own number, the room if there is one, limits and descriptors."""

    guard: int
    room: room.Room | None
    threads: int
    nowhere: int
    writing: int


def _heard(reading: int) -> bytes:
    with os.fdopen(reading, "rb") as answer:
        return answer.read(LARGEST_ANSWER + 1)


def _guard(desk: int, cell: _Cell, writing: int) -> NoReturn:
    try:
        die_with(desk)
        nowhere = os.open(os.devnull, os.O_RDWR)
        hand_over(cell.original, 0o640)
        own = room.enter(cell.folder, cell.original, FONTS, cell.bounds.all_files)
        threads = cell.bounds.threads + (0 if own else _threads_of_the_user())
        guard, inmate = os.getpid(), os.fork()
        if inmate == 0:
            _inmate(cell, _Given(guard, own, threads, nowhere, writing))
        os.close(writing)
        status = _ended(inmate, cell.bounds.seconds)
        if own and status == 0:
            own.carry_out()
    except BaseException:  # noqa: BLE001  # a fork must never go on into the loop of its parent
        traceback.print_exc()
        os._exit(1)
    _end_like(os.waitstatus_to_exitcode(status))


def _ended(inmate: int, seconds: int) -> int:
    """Wait, and end what takes too long: sleeping takes no time of the processor."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(inmate, signal.SIGKILL))
    signal.alarm(seconds)
    _, status = os.waitpid(inmate, 0)
    signal.alarm(0)
    return status


def _end_like(exit_code: int) -> NoReturn:
    if exit_code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -exit_code != signal.SIGKILL:
            signal.signal(-exit_code, signal.SIG_DFL)
        os.kill(os.getpid(), -exit_code)
    os._exit(exit_code)


def _inmate(cell: _Cell, given: _Given) -> NoReturn:
    try:
        die_with(given.guard)
        _keep_only(given.nowhere, given.writing)
        os.umask(0o077)
        os.chdir(cell.folder)  # what lies above it may be closed to nobody
        hand_over(cell.folder, 0o770)
        lay_down_the_crown()
        _bound(cell.bounds, given.threads)
        _wall_in(cell, given)
        _say(cell.work(Path(cell.original.name), Path()))
    except BaseException:  # noqa: BLE001  # likewise
        _say(traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)


def _keep_only(nowhere: int, writing: int) -> None:
    """Let go of every descriptor that was inherited: orders and answers of other files, connections, terminals."""
    answering = fcntl.fcntl(writing, fcntl.F_DUPFD, ANSWERING + 1)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.dup2(answering, ANSWERING)
    os.closerange(ANSWERING + 1, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], HIGHEST_INHERITED))


def _bound(bounds: Bounds, threads: int) -> None:
    os.nice(bounds.niceness)
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory),
        (resource.RLIMIT_CPU, bounds.cpu_seconds),
        (resource.RLIMIT_FSIZE, bounds.largest_file),
        (resource.RLIMIT_NOFILE, bounds.open_files),
        (resource.RLIMIT_NPROC, threads),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _wall_in(cell: _Cell, given: _Given) -> None:
    if IS_LINUX:
        die_with(given.guard)  # once more: changing users has undone it
        hide_memory()
        drop_capabilities()
    no_files = landlock.restrict(writable=["."], readable=FONTS)
    few_calls = seccomp.restrict()
    if not (given.room or (no_files and few_calls) or cell.lenient):
        raise UnconfinedError


def _say(said: bytes) -> None:
    with os.fdopen(os.dup(ANSWERING), "wb") as answer:
        answer.write(said[:LARGEST_ANSWER])


def _threads_of_the_user() -> int:
    """Count what the user of the inmate has running: outside of a room the limit is on all of that together."""
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    return sum(_threads_of(user, found) for found in Path("/proc").glob("[0-9]*/status"))


def _threads_of(user: int, status: Path) -> int:
    try:
        told = dict(line.split(":", 1) for line in status.read_text().splitlines())
    except OSError:
        return 0  # it has ended meanwhile
    return int(told["Threads"]) if int(told["Uid"].split()[0]) == user else 0
