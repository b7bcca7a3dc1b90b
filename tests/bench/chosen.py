"""Which parts of a program that measures were asked for on its command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def chosen_parts(program: str, what: str, parts: Iterable[str], arguments: Sequence[str] | None = None) -> list[str]:
    """Return the parts that were named, in that order, or all; ends the program where one is unknown, or help asked."""
    known = list(parts)
    parser = argparse.ArgumentParser(prog=program, description=what)
    parser.add_argument("part", nargs="*", help=f"{', '.join(known)}; all, where none is named")
    named: list[str] = parser.parse_args(arguments).part
    if unknown := [name for name in named if name not in known]:
        parser.error(f"unknown: {', '.join(unknown)}; there is {', '.join(known)}")
    return named or known
