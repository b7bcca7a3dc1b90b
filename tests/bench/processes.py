"""Processes of the bench itself, beside the product's."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECONDS_TO_END = 15


@asynccontextmanager
async def running(module: str, *arguments: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A module of the bench as a process of its own; it and what it forked are gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        env=os.environ | environment,
        start_new_session=True,
        limit=1 << 24,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), SECONDS_TO_END)
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
