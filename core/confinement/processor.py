"""How much of the processor a process leaves to others, where nice(2) alone does not say it."""

from __future__ import annotations

import time
from pathlib import Path

SESSION = Path("/proc/self/autogroup")
"""How nice the session of this process is (sched(7), "The autogroup feature"); not there where sessions are not told
apart."""

TRIES, SECONDS_BETWEEN = 5, 0.1
"""Without privileges the kernel takes ten such changes a second, on the whole machine."""


def give_way(niceness: int) -> bool:
    """Leave more of the processor to other sessions, or less again; return whether this system has taken it.

    Linux may share the processor among sessions before it looks at processes: nice(2) then counts within a session
    alone, and one process in a session of its own takes as much as all pages together, however nice it is. So the
    session is made as nice as its work. It is for the first process of a session: all others of it are meant, too.
    """
    for _ in range(TRIES):
        try:
            SESSION.write_text(str(niceness))
        except FileNotFoundError:
            return False
        except BlockingIOError:
            time.sleep(SECONDS_BETWEEN)
        else:
            return True
    return False
