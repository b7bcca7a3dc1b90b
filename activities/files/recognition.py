"""The second step of a file: what it really is."""

from __future__ import annotations

from temporalio import activity

from activities.files.drawing.studio import GivenUpError, Studio
from activities.files.working_copy import outline
from core.db import Database
from core.storage import Storage
from domain.files.kinds import UNKNOWN_TYPE
from domain.files.policy import policy_of
from domain.files.repository import FileRepository
from domain.files.service import key_of
from domain.files.types import FileRef, Identified


class RecognitionActivities:
    """Has files recognised where they can do no harm."""

    def __init__(self, db: Database, storage: Storage, studio: Studio) -> None:
        self._db = db
        self._storage = storage
        self._studio = studio

    @activity.defn(name="files.identify")
    async def identify(self, ref: FileRef) -> Identified:
        """Tell the real kind by content, and by name where the content leaves it open."""
        async with self._db.unit_of_work(ref.tenant_id, "files") as uow:
            file = await FileRepository(uow.session).get(ref.file_id)
            policy = await policy_of(uow)
        media_type, is_sealed = await self.recognised(ref, file.name)
        return Identified(media_type, accepted=policy.accepts(media_type), sealed=is_sealed)

    async def recognised(self, ref: FileRef, name: str) -> tuple[str, bool]:
        """Return the media type, and whether the file is sealed. What cannot be recognised is unknown, not refused."""
        try:
            async with (
                self._studio.desk(ref.tenant_id, ref.file_id) as desk,
                outline(self._storage, key_of(ref.tenant_id, ref.file_id)) as original,
            ):
                said = await desk.perform("identify", name, original)
        except GivenUpError:
            return UNKNOWN_TYPE, False
        return said.get("type", UNKNOWN_TYPE), said.get("is_sealed", False)
