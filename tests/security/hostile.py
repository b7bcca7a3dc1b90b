"""A file that has taken its decoder over: what it tries from within, in the product's own drawing process.

``python -m tests.security.hostile`` is that process, with its orders, its cells and its limits; only what decodes has
been replaced by an attack, which the file names. ``--user N`` runs it as that user, ``--without-rooms`` and the like on
a system that does not grant them.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from activities.files.drawing import process
from activities.files.drawing.said import Drawn
from core.confinement import landlock, room, seccomp
from core.confinement.trial import open_doors

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT = "report"
LIBC = ctypes.CDLL(None, use_errno=True)
OLD_CALLS_OF_X86 = {
    "socket": (41, 2, 1, 0),
    "socketpair": (53, 1, 1, 0, 0),
    "shmget": (29, 7, 4096, 0o1600),
    "semget": (64, 7, 1, 0o1600),
    "msgget": (68, 7, 0o1600),
    "mq_open": (240, b"/adx", 0o102, 0o600, 0),
    "fork": (57,),
    "vfork": (58,),
    "setsid": (112,),
    "setpgid": (109, 0, 0),
    "unshare": (272, 0x10000000),
    "mount": (165, b"none", b"/", b"tmpfs", 0, 0),
    "chroot": (161, b"/"),
    "keyctl": (250, 0, -3, 0),
    "add_key": (248, b"user", b"adx", b"x", 1, -3),
    "memfd_create": (319, b"adx", 0),
    "bpf": (321, 0, 0, 0),
    "perf_event_open": (298, 0, 0, -1, -1, 0),
    "userfaultfd": (323, 1),
    "personality": (135, 0x0040000),
    "setuid": (105, 0),
    "prctl(PDEATHSIG)": (157, 1, 0, 0, 0, 0),
    "inotify": (294, 0),
    "execve": (59, b"/", 0, 0),
    "setpriority": (141, 0, 0, 19),
    "link": (86, b"original", b"link"),
    "symlink": (88, b"/", b"to"),
    "mknod": (133,),
}
CALLS = {
    "io_uring_setup": (425, 1, b"\0" * 256),
    "clone3": (435, b"\0" * 64, 64),
    "pidfd_open": (434, 1, 0),
    "open_tree": (428, -100, b"/", 1),
    "fsopen": (430, b"tmpfs", 0),
    "landlock": (444, 0, 0, 1),
}


def doors(told: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Return everything that is tried, by name; what raises OSError is shut."""
    victim: int = told["victim"]
    return {
        **{f"connects to {name}": _connecting(port) for name, port in told["ports"].items()},
        "connects to a unix socket": lambda: _connect(socket.AF_UNIX, told["unix"]),
        "connects to an abstract socket": lambda: _connect(socket.AF_UNIX, f"\0{told['abstract']}"),
        "sends a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        "listens": lambda: socket.socket().bind(("127.0.0.1", 0)),
        **{f"reads {path}": Path(path).read_bytes for path in told["files"]},
        **{f"lists {path}": lambda path=path: list(Path(path).iterdir()) for path in told["folders"]},  # type: ignore[misc]
        **{f"writes into {path}": Path(path, "planted").touch for path in told["folders"]},
        "lists processes": lambda: list(Path("/proc").iterdir()),
        "reads the environment of another": Path(f"/proc/{victim}/environ").read_bytes,
        "reads the environment of its parent": Path(f"/proc/{told['desk']}/environ").read_bytes,
        "signals another": lambda: os.kill(victim, 0),
        "signals its desk": lambda: os.kill(told["desk"], 0),
        "signals everybody": lambda: os.kill(-1, 0),
        "has another signalled": lambda: fcntl.fcntl(3, fcntl.F_SETOWN, victim),
        "types into the terminal": lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"),
        "traces another": lambda: _libc("ptrace", 16, victim, 0, 0),
        "reads the memory of another": lambda: _libc("process_vm_readv", victim, 0, 0, 0, 0, 0),
        "forks": lambda: os.fork() or os._exit(0),
        "starts a program": lambda: subprocess.run(["/bin/true"], check=False),
        "becomes root": lambda: os.setuid(0),
        "leaves its session": os.setsid,
        "shares memory": _memory_of_others,
        "changes the modes of its folder": lambda: Path().chmod(0o700),
        "changes the original by a name of its own": lambda: os.link("original", "mine"),
        "reads /proc by a way back": lambda: list(Path("../../../../proc").iterdir()),
        **{f"calls {name}": lambda call=call: _syscall(*call) for name, call in _known_calls().items()},  # type: ignore[misc]
    }


def attack(_media_type: str, original: Path, _folder: Path) -> Any:  # it says whatever it likes
    """Do what the file says; the report lies beside it."""
    told = json.loads(original.read_bytes())
    return {"doors": _try_doors, "bombs": _bombs, "holes": _holes, "hang": _hang, "say": _say}[told["attack"]](told)


def _try_doors(told: dict[str, Any]) -> Any:
    wanted = told.get("only")
    found = {name: _tried(door) for name, door in doors(told).items() if wanted is None or name in wanted}
    inherited = [number for number in range(4, 1024) if _is_open(number)]
    _report({"open": {name: said for name, said in found.items() if said}, "inherited": inherited})
    return Drawn()


def _bombs(_told: dict[str, Any]) -> Any:
    found = {"memory": _fill_memory(), "descriptors": _fill_descriptors(), "disk": _fill_disk()}
    _report(found | {"threads": _fill_threads()})
    return Drawn()


def _holes(_told: dict[str, Any]) -> Any:
    for number in range(5):
        with Path(f"hole-{number}").open("wb") as file:
            file.truncate(60 * 1024 * 1024)
    return Drawn()


def _hang(_told: dict[str, Any]) -> Any:
    _report({"hangs": True})
    for number in range(1, signal.NSIG):
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    time.sleep(3600)


def _say(told: dict[str, Any]) -> Any:
    """Say to the desk what no drawing ever says, in its place."""
    os.write(3, told["words"].encode() * told.get("times", 1))
    os._exit(0)


def _tried(door: Callable[[], object]) -> str:
    try:
        return repr(door())[:100]
    except OSError as error:
        return "" if error.errno not in {errno.EINVAL, errno.EFAULT} else f"let through: {error}"


def _connecting(port: int) -> Callable[[], object]:
    return lambda: _connect(socket.AF_INET, ("127.0.0.1", port))


def _connect(family: int, address: Any) -> bool:
    with socket.socket(family) as client:
        client.settimeout(2)
        client.connect(address)
        return True


def _libc(name: str, *arguments: int) -> int:
    answer: int = getattr(LIBC, name)(*(ctypes.c_long(one) for one in arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def _syscall(number: int, *arguments: int | bytes) -> int:
    words = [ctypes.c_char_p(one) if isinstance(one, bytes) else ctypes.c_long(one) for one in arguments]
    answer = LIBC.syscall(ctypes.c_long(number), *words)
    if answer == 0 and number in {57, 58}:
        os._exit(0)  # the child of a fork that was let through
    if answer < 0:
        raise OSError(ctypes.get_errno(), str(number))
    return int(answer)


def _known_calls() -> dict[str, tuple[Any, ...]]:
    return CALLS | (OLD_CALLS_OF_X86 if os.uname().machine == "x86_64" else {})


def _memory_of_others() -> bool:
    with open("/dev/shm/adx", "w+b") as file:  # noqa: PTH123, S108  # as an attacker would
        file.truncate(4096)
        mmap.mmap(file.fileno(), 4096)
    return True


def _is_open(number: int) -> bool:
    with suppress(OSError):
        os.fstat(number)
        return True
    return False


def _fill_memory() -> int:
    held: list[mmap.mmap] = []
    with suppress(OSError):
        while len(held) < 64:
            held.append(mmap.mmap(-1, 64 * 1024 * 1024))
    return len(held) * 64


def _fill_descriptors() -> int:
    held: list[int] = []
    with suppress(OSError):
        while len(held) < 4096:
            held.append(os.open("original", os.O_RDONLY))
    for one in held:
        os.close(one)
    return len(held)


def _fill_disk() -> int:
    piece, written = bytes(1024 * 1024), 0
    with suppress(OSError):
        for number in range(64):
            with Path(f"endless-{number}").open("wb", buffering=0) as file, suppress(OSError):
                while written < 160:
                    file.write(piece)
                    written += 1
    for number in range(64):
        Path(f"endless-{number}").unlink(missing_ok=True)
    return written


def _fill_threads() -> int:
    threading.stack_size(65536)
    enough, started = threading.Event(), 0
    with suppress(RuntimeError):
        while started < 4096:
            threading.Thread(target=enough.wait, daemon=True).start()
            started += 1
    enough.set()
    return started


def _report(found: object) -> None:
    Path(REPORT).write_text(json.dumps(found))


def main() -> None:
    """Be the drawing process, taken over; with ``--trial``, say what the product itself finds open here."""
    for job in process.JOBS:
        process.JOBS[job] = attack
    for name, take_away in LACKING.items():
        if f"--without-{name}" in sys.argv:
            take_away()
    if "--trial" in sys.argv:
        sys.stdout.write(json.dumps(open_doors()))
        return
    if "--short" in sys.argv:
        process.SECONDS = 1
    if "--user" in sys.argv:
        user = int(sys.argv[sys.argv.index("--user") + 1])
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
        LIBC.prctl(4, 1, 0, 0, 0)  # as a process that was that user's from its start
    process.main()


def _refused(_flags: int) -> None:
    raise PermissionError(errno.EPERM, "unshare")


LACKING: dict[str, Callable[[], object]] = {
    "rooms": lambda: setattr(room, "unshare", _refused),
    "landlock": lambda: setattr(landlock, "version", lambda: 0),
    "seccomp": lambda: setattr(seccomp, "MACHINES", {}),
}


if __name__ == "__main__":
    main()
