"""What processes give up, so that one that a hostile file has taken over gains nothing by it."""

from core.confinement.cell import Bounds, Ended, confined
from core.confinement.identity import NOBODY, become_nobody, hide_memory
from core.confinement.kernel import PR_SET_DUMPABLE, die_with
from core.confinement.processor import Session
from core.confinement.written import read_written

__all__ = [
    "NOBODY",
    "PR_SET_DUMPABLE",
    "Bounds",
    "Ended",
    "Session",
    "become_nobody",
    "confined",
    "die_with",
    "hide_memory",
    "read_written",
]
