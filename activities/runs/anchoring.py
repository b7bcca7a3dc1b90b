"""The activity that anchors audit chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import activity

from core.anchors.rounds import Anchored, anchor_heads

if TYPE_CHECKING:
    from core.anchors.note import Signer
    from core.anchors.outside import Outside
    from core.db import Database


class AnchoringActivities:
    """Keeps the heads of audit chains outside, signed."""

    def __init__(self, db: Database, outside: Outside, signer: Signer) -> None:
        self._db = db
        self._outside = outside
        self._signer = signer

    @activity.defn(name="runs.anchor_heads")
    async def anchor_heads(self) -> Anchored:
        """Sign and write outside what moved since the last time; nothing when nothing did."""
        return await anchor_heads(self._db, self._outside, self._signer)
