"""How much of the processor a process leaves to others, where nice(2) alone does not say it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

AUTOGROUP = Path("/proc/self/autogroup")
"""How nice the session of this process is (sched(7), "The autogroup feature"); not there where sessions are not told
apart."""

TRIES, SECONDS_BETWEEN = 5, 0.1
"""Without privileges the kernel takes ten such changes a second, on the whole machine."""


class Session:
    """The session that a process is the first of: it is made as nice as its work.

    Linux may share the processor among sessions before it looks at processes: nice(2) then counts within a session
    alone, and one process in a session of its own takes as much as all pages together, however nice it is.

    Made before :func:`core.confinement.hide_memory`: what is hidden may no longer open its own files in ``/proc``.
    """

    def __init__(self) -> None:
        self.niceness = 0
        self._file: int | None = None
        with suppress(OSError):  # nothing that drawing depends on
            self._file = os.open(AUTOGROUP, os.O_WRONLY | os.O_CLOEXEC)

    def give_way(self, niceness: int) -> None:
        """Leave more of the processor to other sessions, or less again, as far as this system lets it."""
        if self._file is None or niceness == self.niceness:
            return
        for _ in range(TRIES):
            try:
                os.write(self._file, str(niceness).encode())
            except BlockingIOError:
                time.sleep(SECONDS_BETWEEN)
            except OSError:
                return
            else:
                self.niceness = niceness
                return
