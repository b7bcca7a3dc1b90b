"""A studio of real drawing processes, which have ended when the test has."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from activities.files.drawing.studio import Studio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[Studio]:
    """Open a studio, and wait for the end of its processes afterwards."""
    studio = Studio(**options)
    yield studio
    desks = list(studio._idle)
    studio.close()
    await asyncio.gather(*(desk._process.wait() for desk in desks))


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    async with opened() as found:
        yield found
