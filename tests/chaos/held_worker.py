"""A worker whose activities stop at chosen points and stay there, to be killed with all of them at once.

``HOLDS`` names a JSON file: ``{"<id of a tenant or file>": ["<activity>", "before" or "after"]}``. Beside it, an empty
file named after the id appears once its activity holds.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor

import entrypoints.worker
from core.runs.interceptor import RecordingInterceptor
from entrypoints.cli import main

if TYPE_CHECKING:
    from temporalio.worker import ExecuteActivityInput

PLAN = Path(os.environ["HOLDS"])


class Holding(ActivityInboundInterceptor):
    """Stands between the kit's recording and the activity itself."""

    def __init__(self, following: ActivityInboundInterceptor) -> None:
        super().__init__(following)
        self._plan: dict[str, list[str]] = json.loads(PLAN.read_text())

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the base's signature
        subject = _subject(input.args[0] if input.args else None)
        name, phase = self._plan.get(subject, ["", ""])
        if name != activity.info().activity_type:
            return await super().execute_activity(input)
        result = await super().execute_activity(input) if phase == "after" else None
        (PLAN.parent / subject).touch()
        await asyncio.Event().wait()
        return result


class HoldingInterceptor(RecordingInterceptor):
    """Records as always, and holds."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return super().intercept_activity(Holding(next))


def _subject(argument: object) -> str:
    return str(getattr(argument, "file_id", None) or getattr(argument, "id", ""))


if __name__ == "__main__":
    entrypoints.worker.RecordingInterceptor = HoldingInterceptor  # type: ignore[attr-defined]  # what this program is for
    main()
