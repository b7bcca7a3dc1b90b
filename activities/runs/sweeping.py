"""The activity of the platform's sweep."""

from __future__ import annotations

from temporalio import activity

from core.runs.report import Mended
from core.runs.sweep import Sweeper


class SweepActivities:
    """Mends what crashes left behind, and takes away what is over."""

    def __init__(self, sweeper: Sweeper) -> None:
        self._sweeper = sweeper

    @activity.defn(name="runs.sweep_once")
    async def sweep_once(self) -> Mended:
        """Start unstarted runs, publish undelivered facts, reconcile quiet rows, forget sessions that are over."""
        return await self._sweeper.sweep()
