"""The bytes of server-sent events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HEARTBEAT = b":\n\n"

BREAKS = "\r\n\0"
"""What ends a field; a browser also ignores an id with NUL in it."""


def html_message(id: str, html: str) -> bytes:  # noqa: A002  # the field's own word
    """Return an unnamed message: HTML that the page swaps in."""
    return f"id: {_line(id)}\n{_data(html)}\n".encode()


def named_message(id: str, name: str, detail: Mapping[str, Any]) -> bytes:  # noqa: A002
    """Return a named event, which the page hears as a DOM event with ``detail`` as JSON text."""
    place = f"id: {_line(id)}\n" if id else ""
    return f"{place}event: {_line(name)}\n{_data(json.dumps(dict(detail), separators=(',', ':')))}\n".encode()


def reset_message(id: str) -> bytes:  # noqa: A002
    """Tell the page to read its live parts again: what it missed can no longer be told."""
    return named_message(id, "live:reset", {})


def position_message(id: str) -> bytes:  # noqa: A002
    """Tell the page how far it is, when what came by was not for it."""
    return named_message(id, "live:at", {})


def away_message() -> bytes:
    """Tell the page that news cannot be heard now, though the stream is open."""
    return named_message("", "live:away", {})


def back_message() -> bytes:
    """Tell the page that news is heard again."""
    return named_message("", "live:back", {})


def pace_message(milliseconds: int) -> bytes:
    """Tell the page how long to wait, on average, before it comes back when the stream breaks off."""
    return f"retry: {milliseconds}\n{named_message('', 'live:pace', {}).decode()}".encode()


def _line(value: str) -> str:
    """Return a value of one line; with a break in it, what follows would be a field, or an event, of its own."""
    if any(character in BREAKS for character in value):
        raise ValueError(f"not one line: {value!r}")
    return value


def _data(text: str) -> str:
    """Return the text as ``data:`` lines; each line of the text needs its own prefix."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(f"data: {line}\n" for line in lines)
