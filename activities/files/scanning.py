"""The scan for harmful content."""

from __future__ import annotations

from temporalio import activity

from activities.files.scanners import Scanner
from core.shares import Shares
from core.storage import Storage
from domain.files.service import key_of
from domain.files.types import FileRef, Scanned

SCANS, SCANS_OF_ONE = 4, 3
"""At once in a worker, and of one tenant: a film takes minutes, and others' pictures must not wait for four of them."""


class ScanningActivities:
    """Has the scanner of this installation look at files."""

    def __init__(self, storage: Storage, scanner: Scanner) -> None:
        self._storage = storage
        self._scanner = scanner
        self._shares = Shares(SCANS, of_one=SCANS_OF_ONE)

    @activity.defn(name="files.scan")
    async def scan(self, ref: FileRef) -> Scanned:
        """Scan every byte of the original. Raises while the scanner is down: no answer never means clean."""
        async with self._shares.place(ref.tenant_id):
            return await self._scanner.scan(self._storage.get_stream(key_of(ref.tenant_id, ref.file_id)))
