"""Cookies, read by one parser for the whole request: the gate and every route see the same of them, or nothing.

Only names that were declared here are looked for, so that what other sites of the same parent domain have a browser
send (JSON, quotes, blanks, thousands of them) is passed over and neither read nor able to hide one of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "__Host-"
"""Browsers take such a cookie from the host itself alone: Secure, for all its paths, without a domain."""

LONGEST_VALUE = 512
"""None of ours is as long; a longer one was not made here."""

WANTED: set[str] = set()


def host_cookie(name: str) -> str:
    """Return the full name of a cookie of ours, and have it looked for in every request."""
    full = f"{PREFIX}{name}"
    WANTED.add(full)
    return full


def read_cookies(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the values of our cookies, as they were sent: nothing is unquoted, unescaped or trimmed.

    ``headers`` are those of an ASGI scope; HTTP/2 may spread cookies over several lines. A name counts only if it is
    the same byte for byte, but for the one blank after a semicolon (RFC 6265, section 4.2.1): a browser lets any host
    of the domain set a cookie whose name merely looks like one of ours once blanks are trimmed. Two cookies of one
    name count as none, since a browser keeps no more than one: the other is somebody else's.
    """
    found: dict[str, str | None] = {}
    for key, line in headers:
        if key.lower() != b"cookie":
            continue
        for part in line.decode("latin-1").split(";"):
            name, equals, value = part.removeprefix(" ").partition("=")
            if equals and name in WANTED:
                found[name] = None if name in found else value
    return {name: value for name, value in found.items() if value and len(value) <= LONGEST_VALUE}
