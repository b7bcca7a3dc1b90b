"""What it takes to run one server: command, user, how to tell that it is ready, how to stop it."""

from __future__ import annotations

import os
import signal
import socket
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
    """Return ``preferred``, or the next port nobody listens on; 0 lets the system choose."""
    for port in range(preferred, preferred + 100) if preferred else (0,):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # Ports that only linger after a stop are free to a server, which binds the same way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                probe.listen(1)
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StartError(
        tell(
            N_(
                "The ports {first} to {last} are all taken on this machine. Free one of them.",
                first=str(preferred),
                last=str(preferred + 99),
            )
        )
    )
