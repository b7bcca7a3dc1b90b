"""A stop in good order, as the parent of the serving process sees it: first leave, then stop."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

LEAVE = signal.SIGUSR1
"""Has the serving process go on answering, but say of itself that it is not ready and end each connection politely."""


def leave_before_stopping(seconds: float) -> None:
    """Have SIGTERM stop this process ``seconds`` after its children were told to leave; a second one stops it at once.

    Stopped at once, granian closes connections on which the next request may already be under way: that one is lost. A
    proxy that has seen that the process is not ready sends none there any more.
    """
    stop = signal.getsignal(signal.SIGTERM)
    leaving = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        if not callable(stop):
            return
        if leaving.is_set() or not seconds:
            stop(number, frame)
            return
        leaving.set()
        for child in multiprocessing.active_children():
            with suppress(ProcessLookupError):
                os.kill(child.pid or 0, LEAVE)
        timer = threading.Timer(seconds, stop, (number, None))
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, told)
