"""Whether this system really holds what a hostile file would try: found out by trying it in a cell."""

from __future__ import annotations

import os
import socket
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.confinement.cell import Bounds, confined

if TYPE_CHECKING:
    from collections.abc import Callable

Door = Literal["files", "network", "processes", "offspring"]
DOORS: tuple[Door, ...] = ("files", "network", "processes", "offspring")

BOUNDS = Bounds(memory=1 << 30, cpu_seconds=10, largest_file=1 << 20, seconds=20)


def open_doors() -> tuple[Door, ...]:
    """Return what a taken-over decoder could reach here; all of it where cells do not work at all.

    It forks, so that it is for processes that have one thread still.
    """
    with tempfile.TemporaryDirectory(prefix="adx-trial-") as folder, socket.create_server(("127.0.0.1", 0)) as server:
        place, secret = Path(folder, "job"), Path(folder, "secret")
        place.mkdir()
        (place / "original").touch()
        Path(folder).chmod(0o755)
        secret.touch()
        secret.chmod(0o644)
        work = partial(_try, secret, server.getsockname()[1], os.getpid())
        ended = confined(place / "original", place, BOUNDS, work, lenient=True)
    if ended.exit_code:
        return DOORS
    return tuple(door for door in DOORS if door in ended.said.decode().split())


def _try(secret: Path, port: int, stranger: int, _original: Path, _folder: Path) -> bytes:
    tries: dict[Door, Callable[[], object]] = {
        "files": secret.read_bytes,
        "network": partial(_send, port),
        "processes": lambda: os.kill(stranger, 0),
        "offspring": lambda: os.fork() or os._exit(0),
    }
    return " ".join(name for name, act in tries.items() if _succeeds(act)).encode()


def _send(port: int) -> None:
    """Reach a server by TCP or by UDP, of which landlock alone knows nothing."""
    here = ("127.0.0.1", port)
    try:
        socket.socket().connect(here)
    except OSError:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", here)


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True
