"""How much of the machine other programs took while something was measured; no absolute figure means much without."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psutil

SECONDS_BETWEEN_LOOKS = 2


class Neighbours:
    """Looks now and then, and adds up the cores that were busy with what is not ours."""

    def __init__(self) -> None:
        self._looks: list[float] = []
        self._task = asyncio.create_task(self._look_for_ever())

    def told(self) -> str:
        """Return the average since the last time, in words."""
        looks, self._looks = self._looks, []
        cores = sum(looks) / len(looks) if looks else 0.0
        return f"{cores:.1f} of {psutil.cpu_count()} cores were busy with other programs"

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _look_for_ever(self) -> None:
        whole, ours = _whole(), _ours()
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            whole_now, ours_now = _whole(), _ours()
            gone = sum(spent - ours.get(process, 0.0) for process, spent in ours_now.items())
            self._looks.append(max(0.0, whole_now - whole - gone) / SECONDS_BETWEEN_LOOKS)
            whole, ours = whole_now, ours_now


def _whole() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait)


def _ours() -> dict[psutil.Process, float]:
    spent = {}
    this = psutil.Process()
    for process in (this, *this.children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            spent[process] = times.user + times.system
    return spent
