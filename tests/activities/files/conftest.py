"""Studios of a test's own, whose drawing processes have ended when the test has."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from activities.files.drawing.studio import Studio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[Studio]:
    """Open a studio, and wait for the end of its processes afterwards."""
    studio = Studio(**options)
    try:
        yield studio
    finally:
        await studio.close()
