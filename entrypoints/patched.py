"""Versions below which something that reads strangers' bytes has a known fault: refused in production.

A fault is listed when it is in code that this product runs or may come to run on what anybody can send.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import version

from core.messages import messages_of
from entrypoints.embedded.program import StartError
from entrypoints.terminal import tell

N_ = messages_of("cli")

Version = tuple[int, ...]

PYTHON: dict[Version, Version] = {(3, 11): (3, 11, 10), (3, 12): (3, 12, 6)}
"""The first release of each series without CVE-2024-7592 (quadratic time in http.cookies); later ones never had it."""

PYTHON_FAULT = "CVE-2024-7592"

LIBRARIES: dict[str, tuple[Version, str]] = {
    "werkzeug": ((3, 0, 6), "CVE-2024-49767"),  # a multipart form takes memory without a bound
}


@dataclass(frozen=True, slots=True)
class Outdated:
    """A program or library with a known fault, and the first release that is without it."""

    name: str
    found: str
    needed: str
    fault: str


def outdated() -> list[Outdated]:
    """Return what is older than it should be."""
    return [*_python(tuple(sys.version_info[:3])), *_libraries()]


def refuse_outdated() -> None:
    """Raise ``StartError`` that names what is outdated; production calls it before it opens a port."""
    faults = [
        tell(
            N_(
                "{name} {found} is open to {fault}. Production needs {needed} or newer.",
                name=each.name, found=each.found, fault=each.fault, needed=each.needed,
            )
        )
        for each in outdated()
    ]  # fmt: skip
    if faults:
        raise StartError("\n".join(faults))


def _python(running: Version) -> list[Outdated]:
    needed = PYTHON.get(running[:2], (3, 11, 10))
    return [] if running >= needed else [Outdated("Python", _dotted(running), _dotted(needed), PYTHON_FAULT)]


def _libraries() -> list[Outdated]:
    return [
        Outdated(name, version(name), _dotted(needed), fault)
        for name, (needed, fault) in LIBRARIES.items()
        if _numbers(version(name)) < needed
    ]


def _numbers(text: str) -> Version:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def _dotted(numbers: Version) -> str:
    return ".".join(map(str, numbers))
