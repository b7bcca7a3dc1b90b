"""OLE2 compound files ([MS-CFB]), put together by hand: no library of ours writes them."""

from __future__ import annotations

import struct

SECTOR = 512
SMALLEST = 4096
"""Smaller streams would lie in a stream of their own; ours are filled up."""

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ROOT, STREAM = 5, 2


def compound(**streams: bytes) -> bytes:
    """Return a file that holds these streams, by name; the names' order is theirs in the directory."""
    filled = {name: content.ljust(SMALLEST, b"\0") for name, content in streams.items()}
    directory = -(-(len(filled) + 1) * 128 // SECTOR)
    chains, body, at = [FAT, *_chain(1, directory)], b"", 1 + directory
    entries = [_entry("Root Entry", ROOT, END, 0, child=1 if filled else FREE)]
    for number, (name, content) in enumerate(filled.items(), 1):
        sectors = -(-len(content) // SECTOR)
        entries.append(_entry(name, STREAM, at, len(content), right=number + 1 if number < len(filled) else FREE))
        chains += _chain(at, sectors)
        body += content.ljust(sectors * SECTOR, b"\0")
        at += sectors
    listed = b"".join(entries).ljust(directory * SECTOR, b"\0")
    table = struct.pack("<128I", *chains, *[FREE] * (128 - len(chains)))
    return _head() + table + listed + body


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), END]


def _head() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, SMALLEST, END, 0, END, 0)
    return head + struct.pack("<109I", 0, *[FREE] * 108)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
