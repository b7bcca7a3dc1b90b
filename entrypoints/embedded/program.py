"""What it takes to run one server: command, user, how to tell that it is ready, how to stop it."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.messages import messages_of
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

N_ = messages_of("cli")

MARK = "STACK_STATE_DIR"
"""Environment variable of every process of a stack, so that what a killed stack left behind can be found."""

TRIED = 100

_CLAIMS: dict[int, socket.socket | None] = {}
"""What this process holds from the look to its end, by port."""


class StartError(Exception):
    """Something could not be started; the text says what to do."""


@dataclass(frozen=True)
class Program:
    """One process of the stack.

    ``ready`` answers whether it serves; ``grace`` is how many seconds it may take to end after ``stop_signal``.
    """

    name: str
    command: tuple[str, ...]
    state_dir: Path
    ready: Callable[[], Awaitable[bool]]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    cwd: Path = Path("/")

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of the process, with the stack's mark."""
        return {**os.environ, **self.env, MARK: str(self.state_dir)}


def free_port(preferred: int = 0) -> int:
    """Return ``preferred``, or the next port nobody listens on; 0 lets the system choose.

    It is this process's from now on: another one that asks this way gets another port, though its server, which may
    share what it listens on (SO_REUSEPORT), does not listen yet.
    """
    for wanted in range(preferred, preferred + TRIED) if preferred else (0,) * TRIED:
        if wanted and not _claim(wanted):
            continue  # not even looked at: a look is a listening, for a moment, and others look too
        port = _unused(wanted)
        if port and (wanted or _claim(port)):
            return port
        _give_back(wanted)
    told = N_(
        "The ports {first} to {last} are all taken on this machine. Free one of them.",
        first=str(preferred),
        last=str(preferred + TRIED - 1),
    )
    raise StartError(tell(told))


def _unused(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Ports that only linger after a stop are free to a server, which binds the same way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def _claim(port: int) -> bool:
    """Hold a port among all who ask this way: a name that the kernel gives once, and takes back at our end."""
    if port in _CLAIMS:
        return False
    if sys.platform != "linux":
        _CLAIMS[port] = None  # no such names elsewhere: what is left is the look
        return True
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0adx-port-{port}")
    except OSError:
        name.close()
        return False
    _CLAIMS[port] = name
    return True


@atexit.register
def _give_all_back() -> None:
    for port in list(_CLAIMS):
        _give_back(port)


def _give_back(port: int) -> None:
    name = _CLAIMS.pop(port, None)
    if name is not None:
        name.close()
