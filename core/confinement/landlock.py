"""Landlock (Linux 5.13 and later): files, ports and processes that this process can reach no more, as root or not.

Numbers and versions are those of the kernel's ``include/uapi/linux/landlock.h``.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from core.confinement.kernel import IS_LINUX, syscall

if TYPE_CHECKING:
    from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_QUESTION = 1
PATH_BENEATH = 1

WRITE_FILE, READ_FILE, READ_DIR, REMOVE_FILE, MAKE_REG, TRUNCATE = (1 << bit for bit in (1, 2, 3, 5, 8, 14))
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many kinds of access to files are known from a version on."""

VERSION_OF_PORTS, PORT_RIGHTS = 4, 0b11
VERSION_OF_SCOPES, SCOPES = 6, 0b11
"""Abstract sockets of others, and signals to others."""

READING = READ_FILE | READ_DIR
WRITING = READING | WRITE_FILE | REMOVE_FILE | MAKE_REG | TRUNCATE


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Return the version that this kernel knows; 0 without any."""
    if not IS_LINUX:
        return 0
    with suppress(OSError):
        return syscall("landlock_create_ruleset", CREATE_RULESET, None, 0, VERSION_QUESTION)
    return 0


def restrict(*, writable: Iterable[str], readable: Iterable[str]) -> bool:
    """Leave this process, for good, nothing but these folders. False where the kernel does not know how.

    It must have given up winning privileges. Paths that are not there are left out.
    """
    known = version()
    if not known:
        return False
    files = (1 << FILE_RIGHTS[max(first for first in FILE_RIGHTS if first <= known)]) - 1
    wanted = _Ruleset(
        files, PORT_RIGHTS if known >= VERSION_OF_PORTS else 0, SCOPES if known >= VERSION_OF_SCOPES else 0
    )
    size = 24 if known >= VERSION_OF_SCOPES else 16 if known >= VERSION_OF_PORTS else 8
    ruleset = syscall("landlock_create_ruleset", CREATE_RULESET, ctypes.byref(wanted), size, 0)
    for paths, rights in ((writable, WRITING), (readable, READING)):
        for path in paths:
            _allow(ruleset, path, rights & files)
    syscall("landlock_restrict_self", RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH)
    except (FileNotFoundError, PermissionError):
        return
    rule = _Beneath(rights, place)
    syscall("landlock_add_rule", ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(place)
