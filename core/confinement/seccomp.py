"""A seccomp filter: the system calls that are left to this process, whatever it becomes.

Written out by hand, since libseccomp is a library of the system that not every machine has. The program is classic BPF
over ``struct seccomp_data``: the call's number at 0, the machine at 4, each argument's lower half at 16 + 8 n.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
import termios
from typing import TYPE_CHECKING

from core.confinement import calls
from core.confinement.kernel import IS_LINUX, MACHINE, prctl

if TYPE_CHECKING:
    from collections.abc import Iterable

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, REFUSE, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column of the tables in ``calls``, and the kernel's own mark of the machine."""

CLONE_THREAD = 0x10000
FCNTL_COMMANDS = (
    *(fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL),
    *(fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW),
)
"""Not F_SETOWN: who owns a file gets a signal of it, and it may be named a stranger."""

QUESTIONS_TO_A_FILE = (termios.TCGETS if hasattr(termios, "TCGETS") else 0x5401, termios.FIONREAD)
"""Is it a terminal, and how much lies ready. Not TIOCSTI, which types into one."""

Instruction = bytes


def is_known() -> bool:
    """Whether there is a filter for this machine."""
    return IS_LINUX and MACHINE in MACHINES


def restrict() -> bool:
    """Leave this process, its threads and whatever comes of it the calls of a decoder. False where none is known.

    It must have given up winning privileges.
    """
    if not is_known():
        return False
    code = b"".join(program(os.getpid()))
    kept = ctypes.create_string_buffer(code, len(code))
    head = _Program(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.cast(ctypes.byref(head), ctypes.c_void_p))
    return True


def program(own_pid: int) -> list[Instruction]:
    """Return the instructions of the filter, for a process of this number."""
    column, mark = MACHINES[MACHINE]
    code = [_do(LOAD, MACHINE_AT), _do(EQUAL, mark, 1, 0), _do(RETURN, KILL_PROCESS), _do(LOAD, NUMBER_AT)]
    for numbers in calls.ALLOWED.values():
        if (number := numbers[column]) is not None:
            code += [_do(EQUAL, number, 0, 1), _do(RETURN, ALLOW)]
    code += _when(calls.CLONE[column], [_do(LOAD, ARGUMENTS_AT), _do(ANY_BIT, CLONE_THREAD, 0, 1), _do(RETURN, ALLOW)])
    for number in (calls.KILL[column], calls.TGKILL[column]):
        code += _when(number, _argument(0, [own_pid]))
    code += _when(calls.PRLIMIT64[column], _argument(0, [0]))
    code += _when(calls.FCNTL[column], _argument(1, FCNTL_COMMANDS))
    code += _when(calls.IOCTL[column], _argument(1, QUESTIONS_TO_A_FILE))
    for newer in (calls.CLONE3, calls.OPENAT2, calls.CLOSE_RANGE):  # the C library then takes the older way
        code += [_do(EQUAL, newer[column], 0, 1), _do(RETURN, REFUSE | errno.ENOSYS)]
    return [*code, _do(RETURN, REFUSE | errno.EPERM)]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def _do(code: int, value: int, if_so: int = 0, if_not: int = 0) -> Instruction:
    return struct.pack("HBBI", code, if_so, if_not, value)


def _argument(place: int, values: Iterable[int]) -> list[Instruction]:
    checks = [(_do(EQUAL, value, 0, 1), _do(RETURN, ALLOW)) for value in values]
    return [_do(LOAD, ARGUMENTS_AT + 8 * place), *(step for check in checks for step in check)]


def _when(number: int, block: list[Instruction]) -> list[Instruction]:
    """Do the block for one call, and refuse the call where the block did not let it through."""
    block = [*block, _do(RETURN, REFUSE | errno.EPERM)]
    return [_do(EQUAL, number, 0, len(block)), *block]
