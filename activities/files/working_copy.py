"""A file of the storage as a file of this machine, for programs that need one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.scratch import scratch
from core.storage import Storage


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
