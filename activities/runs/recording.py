"""Activities that the kit itself calls: a workflow's own report is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import activity

from core.runs.report import RECORD_ACTIVITY, RunReport

if TYPE_CHECKING:
    from core.runs.recorder import Recorder


class RecordingActivities:
    """Registered with every feature's worker, since they run as local activities of its workflows."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @activity.defn(name=RECORD_ACTIVITY)
    async def record(self, report: RunReport) -> None:
        """Write where the run stands, after everything its steps told before."""
        await self._recorder.record(report)
