"""Thumbnails, previews and details of files that were found clean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from temporalio import activity

from activities.files.drawing.studio import Desk, GivenUpError, Job, Studio
from activities.files.working_copy import working_copy
from core.confinement import read_written
from core.storage import Storage
from domain.files.kinds import rendering_of
from domain.files.service import folder_of, key_of
from domain.files.types import Facts, KnownFile, Picture, Rendered

WEBP = (b"RIFF", b"WEBP")
"""How the one kind of picture that is ever drawn begins, around its length."""


class RenderingActivities:
    """Draws files and reads their details; kinds that cannot be drawn are passed over."""

    def __init__(self, storage: Storage, studio: Studio) -> None:
        self._storage = storage
        self._studio = studio

    @activity.defn(name="files.thumbnail")
    async def thumbnail(self, file: KnownFile) -> Rendered:
        """Draw the small picture of the list."""
        return await self._draw("thumbnail", file)

    @activity.defn(name="files.unthumbnail")
    async def unthumbnail(self, file: KnownFile) -> None:
        """Erase the small picture."""
        await self._storage.delete(key_of(file.tenant_id, file.file_id, "thumbnail"))

    @activity.defn(name="files.preview")
    async def preview(self, file: KnownFile) -> Rendered:
        """Draw the large pictures of the file's own page."""
        return await self._draw("preview", file)

    @activity.defn(name="files.unpreview")
    async def unpreview(self, file: KnownFile) -> None:
        """Erase the large pictures."""
        async for found in self._storage.list(folder_of(file.tenant_id, file.file_id)):
            if "/preview-" in found.key:
                await self._storage.delete(found.key)

    @activity.defn(name="files.metadata")
    async def metadata(self, file: KnownFile) -> Facts:
        """Read what the file says about itself."""
        if rendering_of(file.type) == "none":
            return Facts()
        try:
            async with self._at_a_desk(file) as (desk, original):
                said = await desk.perform("metadata", file.type, original)
        except GivenUpError:
            return Facts(broken=True)
        taken_at = said.pop("taken_at", None)
        return Facts(**said, taken_at=datetime.fromisoformat(taken_at) if taken_at else None)

    @asynccontextmanager
    async def _at_a_desk(self, file: KnownFile) -> AsyncIterator[tuple[Desk, Path]]:
        """Take a desk, and only then a copy of the file: copies of all that wait could fill the disk."""
        key = key_of(file.tenant_id, file.file_id)
        async with (
            self._studio.desk(file.tenant_id, file.file_id) as desk,
            working_copy(self._storage, key) as original,
        ):
            yield desk, original

    async def _draw(self, job: Job, file: KnownFile) -> Rendered:
        if rendering_of(file.type) == "none":
            return Rendered()
        try:
            return await self._drawn(job, file)
        except GivenUpError:
            return Rendered(broken=True)

    async def _drawn(self, job: Job, file: KnownFile) -> Rendered:
        async with self._at_a_desk(file) as (desk, original):
            said = await desk.perform(job, file.type, original)
            pictures = tuple(Picture(**picture) for picture in said.get("pictures", ()))
            for picture in pictures:
                try:
                    content = await asyncio.to_thread(_read, original.parent, picture.name)
                except OSError:  # it said that it drew what is not there, or is no picture
                    return Rendered(broken=True)
                await self._storage.put_bytes(key_of(file.tenant_id, file.file_id, picture.name), content)
        return Rendered(pictures, said.get("note", ""), broken=said["broken"])


def _read(folder: Path, name: str) -> bytes:
    content = read_written(folder, f"{name}.webp")
    if (content[:4], content[8:12]) != WEBP:
        raise PermissionError(f"not a picture: {name!r}")
    return content
