"""What a request has to look like before anything of it is parsed: small enough, and plain enough to be understood.

Looked at here are names, lengths and a few characters; the cost is that of reading each header once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Headers = Sequence[tuple[bytes, bytes]]

MOST_HEADERS = 100
MOST_HEADER_BYTES = 16 * 1024
"""Of names and values, with the four bytes around each, as HTTP/1.1 sends them."""

MOST_TARGET_BYTES = 8 * 1024
"""Of path and query."""

MOST_BYTES_OF = {
    b"accept": 1024,
    b"accept-encoding": 1024,
    b"accept-language": 1024,
    b"content-disposition": 1024,
    b"content-type": 256,
    b"host": 260,
    b"if-range": 256,
    b"last-event-id": 256,
    b"origin": 512,
    b"range": 512,
    b"traceparent": 256,
    b"x-forwarded-for": 2048,
}
"""Of all lines of a header whose value is taken apart somewhere. Browsers send a tenth of it."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""What may be asked of an address. CONNECT and TRACE are for proxies; other names are made up, or written wrongly."""

ONCE = frozenset({b"host", b"content-length", b"content-type", b"transfer-encoding", b"origin", b"range"})
"""Headers that two readers of one request would understand differently if they were there twice (RFC 9112, 11.2)."""

HOST = re.compile(rb"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
LENGTH = re.compile(rb"[0-9]{1,18}")


def objection(scope: Mapping[str, Any]) -> int | None:
    """Return the status by which a request is refused, or None for one that may be read."""
    headers: Headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) + 4 for name, value in headers) > MOST_HEADER_BYTES:
        return 431
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > MOST_TARGET_BYTES:
        return 414
    if scope["method"] not in METHODS:
        return 405
    return _of_headers(headers, scope["http_version"]) or (None if scope["path"].startswith("/") else 400)


def _of_headers(headers: Headers, http_version: str) -> int | None:
    sizes: dict[bytes, int] = {}
    found: dict[bytes, bytes] = {}
    for key, value in headers:
        name = key.lower()
        if name in ONCE and name in found:
            return 400
        found[name] = value
        sizes[name] = sizes.get(name, 0) + len(value)
    if any(sizes.get(name, 0) > most for name, most in MOST_BYTES_OF.items()):
        return 431
    return None if _names_a_host(found, http_version) and _frames_its_body(found) else 400


def _names_a_host(found: Mapping[bytes, bytes], http_version: str) -> bool:
    """Whether the host is a plain name or address with a port: no user, no list, no path. HTTP/1.0 knows none."""
    host = found.get(b"host", b"")
    return HOST.fullmatch(host) is not None or (not host and http_version < "1.1")


def _frames_its_body(found: Mapping[bytes, bytes]) -> bool:
    """Whether it is beyond doubt where the body ends: by a length, or in chunks, never both and never coded."""
    length, coding = found.get(b"content-length"), found.get(b"transfer-encoding")
    if coding is not None:
        return length is None and coding.strip().lower() == b"chunked"
    return length is None or LENGTH.fullmatch(length) is not None
