"""The calls of the Linux kernel that Python offers no function for, each raising OSError with its name."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from functools import cache

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38

CAPABILITY_VERSION_3 = 0x20080522
AT_EMPTY_PATH = 0x1000

IS_LINUX = sys.platform == "linux"
MACHINE = platform.machine()


@cache
def libc() -> ctypes.CDLL:
    """Return the C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def syscall(name: str, number: int, *arguments: object) -> int:
    """Make a call by its number; integers are passed as the machine's words, pointers as they are."""
    words = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(name, libc().syscall(ctypes.c_long(number), *words))


def prctl(option: int, value: int | ctypes.c_void_p = 0, more: int | ctypes.c_void_p = 0) -> None:
    """Change something about this process."""
    words = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in (value, more)]
    _checked("prctl", libc().prctl(option, *words, ctypes.c_ulong(0), ctypes.c_ulong(0)))


def unshare(flags: int) -> None:
    """Leave the namespaces of the parent."""
    _checked("unshare", libc().unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system."""
    words = [text.encode() for text in (source, target, kind)]
    _checked("mount", libc().mount(*words, ctypes.c_ulong(flags), options.encode()))


def umount(target: str, flags: int) -> None:
    """Take a mount away."""
    _checked("umount", libc().umount2(target.encode(), flags))


def die_with(parent: int) -> None:
    """Have the kernel kill this process as soon as its parent is gone; ends it now if ``parent`` is gone already."""
    if not IS_LINUX:
        return
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in {parent, 0}:  # 0: a parent outside of this process's own numbers
        os._exit(1)


def drop_capabilities() -> None:
    """Give up every privilege that root has over others, and the ways to win one by starting a program."""

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    class Data(ctypes.Structure):
        _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))

    header, none = Header(CAPABILITY_VERSION_3, 0), (Data * 2)()
    _checked("capset", libc().capset(ctypes.byref(header), ctypes.byref(none)))
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def _checked(name: str, answer: int) -> int:
    if answer < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return answer
