"""A room of its own for one job, made of the kernel's namespaces: no network, no other processes, no files but its own.

Its root is an empty file system in memory, of a bounded size, in which the original lies as a mount that cannot be
written to. What the job leaves there is carried out after its end, by the process that made the room.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from core.confinement.identity import NOBODY, hide_memory
from core.confinement.kernel import (
    AT_EMPTY_PATH,
    IS_LINUX,
    MACHINE,
    PR_SET_DUMPABLE,
    mount,
    prctl,
    syscall,
    umount,
    unshare,
)

MOUNTS, CGROUPS, NAMES, IPC, USERS, PROCESSES, NETWORK = (
    *(0x00020000, 0x02000000, 0x04000000, 0x08000000),
    *(0x10000000, 0x20000000, 0x40000000),
)
APART = MOUNTS | CGROUPS | NAMES | IPC | PROCESSES | NETWORK

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE, MNT_DETACH = 2, 4, 8, 0x4000, 0x40000, 2
OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR = 428, 429, 442
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
OPEN_TREE_CLONE, AT_RECURSIVE, AT_FDCWD, MOVE_MOUNT_F_EMPTY_PATH = 1, 0x8000, -100, 4
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC = 1, 2, 4, 8

MOUNTED = MS_NOSUID | MS_NODEV | MS_NOEXEC
MOST_FILES = 64


@dataclass(frozen=True)
class Room:
    """A room that this process has entered; ``outside`` is the folder of the same name there, as a descriptor."""

    folder: Path
    original: str
    size: int
    outside: int

    def carry_out(self) -> None:
        """Put what lies in the room's folder into the folder of the same name outside: plain files alone.

        No more bytes than the room has, though files with holes say that they are larger.
        """
        left = self.size
        for entry in os.scandir(self.folder):
            found = entry.stat(follow_symlinks=False)
            if entry.name != self.original and stat.S_ISREG(found.st_mode) and found.st_size <= left:
                left -= found.st_size
                _copy(Path(entry.path), entry.name, self.outside)


def enter(folder: Path, original: Path, readable: tuple[str, ...], size: int) -> Room | None:
    """Take this process, which has one thread, into a new room. Its next child is the first process there.

    When that child ends, the kernel ends whatever came of it. Returns None where the system grants no namespaces.
    """
    if not IS_LINUX or MACHINE not in PIVOT_ROOT:
        return None
    outside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _leave()
        mount("none", "/", "none", MS_REC | MS_PRIVATE)  # some systems grant the namespaces and refuse this
        trees = _trees(folder, original, readable)
        mount("room", str(folder), "tmpfs", MOUNTED, f"size={size},nr_inodes={MOST_FILES},mode=755")
    except OSError:
        os.close(outside)
        return None
    _move_in(folder, trees)
    return Room(folder, original.name, size, outside)


def _leave() -> None:
    if os.geteuid() == 0 and _granted(APART):
        return
    user, group = os.geteuid(), os.getegid()  # a root without that privilege, as in most containers, is no different
    prctl(PR_SET_DUMPABLE, 1)  # the files below belong to root while this process is hidden
    unshare(APART | USERS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    hide_memory()


def _granted(flags: int) -> bool:
    try:
        unshare(flags)
    except PermissionError:
        return False
    return True


def _trees(folder: Path, original: Path, readable: tuple[str, ...]) -> dict[Path, int]:
    """Return what is to be seen in the room, by its place there."""
    kept = {Path(path): _read_only(Path(path)) for path in readable if Path(path).is_dir()}
    return {folder / original.name: _read_only(original)} | kept


def _move_in(folder: Path, trees: dict[Path, int]) -> None:
    """Make the empty file system over the folder the root, with the folder in it at the same place as before."""
    os.chdir(folder)
    here = ctypes.c_char_p(b".")
    syscall("pivot_root", PIVOT_ROOT[MACHINE], here, here)
    umount(".", MNT_DETACH)
    os.chdir("/")
    umask = os.umask(0o022)
    folder.mkdir(parents=True)
    for place, tree in trees.items():
        _hang(tree, place, is_file=place.parent == folder)
    os.umask(umask)


def _read_only(path: Path) -> int:
    """Return a copy of the mounts at a path, not yet hung anywhere, which nothing can be written to or started from."""
    flags = AT_RECURSIVE * path.is_dir()
    name = ctypes.c_char_p(bytes(path))
    tree = syscall("open_tree", OPEN_TREE, AT_FDCWD, name, OPEN_TREE_CLONE | os.O_CLOEXEC | flags)
    attributes = (ctypes.c_uint64 * 4)(ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC)
    syscall(
        *("mount_setattr", MOUNT_SETATTR, tree, ctypes.c_char_p(b""), AT_EMPTY_PATH | flags),
        *(ctypes.byref(attributes), ctypes.sizeof(attributes)),
    )
    return tree


def _hang(tree: int, path: Path, *, is_file: bool) -> None:
    if is_file:
        path.touch()
    else:
        path.mkdir(parents=True, exist_ok=True)
    empty, place = ctypes.c_char_p(b""), ctypes.c_char_p(bytes(path))
    syscall("move_mount", MOVE_MOUNT, tree, empty, AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH)
    os.close(tree)


def _copy(source: Path, name: str, outside: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with source.open("rb") as found, os.fdopen(os.open(name, flags, 0o600, dir_fd=outside), "wb") as kept:
        shutil.copyfileobj(found, kept)
