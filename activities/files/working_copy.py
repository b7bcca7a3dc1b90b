"""A file of the storage as a file of this machine, for programs that need one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.scratch import scratch
from core.storage import Storage

COPIED_WHOLE = 128 * 1024 * 1024
EDGE = 64 * 1024 * 1024
"""How much of each end of a larger file is copied to recognise it: formats say what they are at one of them."""

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How OLE2 files begin, whose directory lies anywhere."""


@asynccontextmanager
async def working_copy(storage: Storage, key: str) -> AsyncIterator[Path]:
    """Yield the path of a temporary copy, in a folder that may be written to and is gone afterwards."""
    with scratch() as folder:
        path = folder / "original"
        copy = await asyncio.to_thread(path.open, "wb")
        with copy:
            async for chunk in storage.get_stream(key):
                await asyncio.to_thread(copy.write, chunk)
        yield path


@asynccontextmanager
async def outline(storage: Storage, key: str) -> AsyncIterator[Path]:
    """Yield the path of a temporary copy of the same size; of a large file, the middle is a hole."""
    size = await storage.size(key)
    if size <= COPIED_WHOLE or await storage.get_bytes(key, limit=len(COMPOUND)) == COMPOUND:
        async with working_copy(storage, key) as path:
            yield path
        return
    with scratch() as folder:
        path = folder / "original"
        await asyncio.to_thread(path.touch)
        await asyncio.to_thread(os.truncate, path, size)
        for start, end in ((0, EDGE), (size - EDGE, size)):
            await _copy(storage, key, path, start, end)
        yield path


async def _copy(storage: Storage, key: str, path: Path, start: int, end: int) -> None:
    with await asyncio.to_thread(path.open, "r+b") as copy:
        copy.seek(start)
        async for chunk in storage.get_stream(key, start=start, end=end):
            await asyncio.to_thread(copy.write, chunk)
