"""How much work some code is, by counting: lines that run, and texts that C code is given to read.

A regular expression that looks through 16 KB is one call, so each call of C counts as many steps as the longest text it
may have read: the object it belongs to, or what the calling function holds. That is more than it takes, never less.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

TEXTS = (str, bytes, bytearray)
READS_ITS_ARGUMENT = frozenset({"append", "extend", "clear", "startswith", "endswith"})
"""Methods of texts that do not look through the text itself."""


class Work:
    """What was counted in a block."""

    steps = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count the steps of this thread while the block runs, also of what it awaits."""
    work = Work()

    def each_line(_frame: FrameType, event: str, _argument: object) -> Any:  # a trace function returns itself
        work.steps += event == "line"
        return each_line

    def each_call(frame: FrameType, event: str, argument: Any) -> None:  # C functions have no common type
        if event == "c_call":
            work.steps += _read_by(argument, frame)

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(each_line)
    sys.setprofile(each_call)
    try:
        yield work
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])


def growth(parse: Callable[[bytes], object], filler: bytes, size: int) -> float:
    """Return by how much the work grows when the input is four times as long: 4 is linear, 16 quadratic."""
    short, long = filler * (size // len(filler)), filler * (4 * size // len(filler))
    parse(short)  # so that nothing is done for the first time
    with counted() as less:
        parse(short)
    with counted() as more:
        parse(long)
    return more.steps / less.steps


def _read_by(function: Any, frame: FrameType) -> int:  # any C function
    owner = getattr(function, "__self__", None)
    if isinstance(owner, TEXTS):
        return 1 if function.__name__ in READS_ITS_ARGUMENT else len(owner)
    if isinstance(owner, re.Pattern):
        return max((len(value) for value in frame.f_locals.values() if isinstance(value, TEXTS)), default=0)
    return 1
