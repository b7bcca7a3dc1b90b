"""Who looked before may not look for ever: open streams are asked about again and again, tenant by tenant."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from core.live.viewer import Subscription

log = structlog.get_logger(__name__)

CHECK_WITHIN = 2
UNCHECKED_SECONDS = 60
"""How long streams stay open while nobody can say whether their sessions still hold."""


class Gatekeeper(Protocol):
    """Says whose sessions still hold."""

    async def __call__(self, tenant_id: UUID, subscriptions: Sequence[Subscription]) -> Collection[Subscription]:
        """Return those of one tenant that may stay."""


class Rechecks:
    """Ends the streams of those who may no longer look."""

    def __init__(self, gatekeeper: Gatekeeper | None) -> None:
        self._gatekeeper = gatekeeper
        self._due: defaultdict[UUID, set[Subscription]] = defaultdict(set)
        self._checked_at = 0.0

    def begin(self) -> None:
        """Count from now how long nobody could be asked."""
        self._checked_at = asyncio.get_running_loop().time()

    async def end_refused(self, viewers: Iterable[Subscription]) -> None:
        """End those of ``viewers`` that may not stay. Those who cannot be asked about now come first the next time."""
        if self._gatekeeper is None:
            return
        for viewer in viewers:
            self._due[viewer.tenant_id].add(viewer)
        try:
            async with asyncio.timeout(CHECK_WITHIN):
                for tenant_id in list(self._due):
                    await self._check(self._gatekeeper, tenant_id)
        except Exception as error:  # noqa: BLE001  # whatever keeps us from asking; the time limit decides
            log.warning("live.unchecked", error=repr(error))
            if asyncio.get_running_loop().time() - self._checked_at > UNCHECKED_SECONDS:
                self._end_unchecked()

    async def _check(self, gatekeeper: Gatekeeper, tenant_id: UUID) -> None:
        viewers = [viewer for viewer in self._due[tenant_id] if viewer.ending is None]
        staying = set(await gatekeeper(tenant_id, viewers)) if viewers else set()
        self.begin()
        del self._due[tenant_id]
        _end([viewer for viewer in viewers if viewer not in staying])

    def _end_unchecked(self) -> None:
        for viewers in self._due.values():
            _end(viewers)
        self._due.clear()


def _end(viewers: Iterable[Subscription]) -> None:
    for viewer in viewers:
        viewer.end("revoked")
