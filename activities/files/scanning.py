"""The scan for harmful content."""

from __future__ import annotations

from temporalio import activity

from activities.files.scanners import Scanner
from core.storage import Storage
from domain.files.service import key_of
from domain.files.types import FileRef, Scanned


class ScanningActivities:
    """Has the scanner of this installation look at files."""

    def __init__(self, storage: Storage, scanner: Scanner) -> None:
        self._storage = storage
        self._scanner = scanner

    @activity.defn(name="files.scan")
    async def scan(self, ref: FileRef) -> Scanned:
        """Scan every byte of the original. Raises while the scanner is down: no answer never means clean."""
        return await self._scanner.scan(self._storage.get_stream(key_of(ref.tenant_id, ref.file_id)))
