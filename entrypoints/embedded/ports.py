"""The ports of a stack: the same at every start, since they are written in mails and bookmarks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.kept import keep
from core.messages import messages_of
from entrypoints.embedded.program import free_port
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from pathlib import Path

N_ = messages_of("cli")


class Ports:
    """The ports of one state folder, by what listens there; kept from start to start."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "ports.json"
        self._last: dict[str, int] = _read(self._path)
        self.notes: list[str] = []

    def port(self, usual: int, name: str) -> int:
        """Return where a server was at its last start, else its usual port, else the next free one, which is noted."""
        last = self._last.get(name, usual)
        port = free_port(last)
        if port != last:
            self.notes.append(_moved(name, last, port) if name in self._last else _taken(name, last, port))
        self._last[name] = port
        keep(self._path, json.dumps(self._last, indent=1))
        return port


def _read(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    is_whole = isinstance(found, dict) and all(isinstance(port, int) and 0 < port < 1 << 16 for port in found.values())
    return found if is_whole else {}


def _moved(name: str, last: int, port: int) -> str:
    told = N_(
        "Port {last}, where {name} was, is taken by another program; {name} is at {port}. Links in earlier "
        "emails lead to {last}: free it and start again to have them back.",
        last=str(last),
        name=name,
        port=str(port),
    )
    return tell(told)


def _taken(name: str, usual: int, port: int) -> str:
    told = N_("Port {preferred} is taken; {what} is at {port}.", preferred=str(usual), what=name, port=str(port))
    return tell(told)
