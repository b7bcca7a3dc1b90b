"""The side effects of publishing a brand, each with what reverses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio import activity

from activities.branding.drawing.desk import Job, draw
from core.confinement import read_written
from core.runs.effects import effect_key
from core.scratch import scratch
from core.shares import Shares
from domain.branding import service
from domain.branding.errors import picture_broken, sheet_too_large
from domain.branding.sheet import MOST_BYTES, sheet_of
from domain.branding.types import Asset, Drawn, Finished, Illustrated, Publication, Rendition, Sheet

if TYPE_CHECKING:
    from core.db import Database, UnitOfWork
    from core.storage import Storage


DRAWN_AT_ONCE, DRAWN_OF_ONE = 3, 2


class PublishingActivities:
    """Steps of ``branding.publish``, and their undos."""

    def __init__(self, db: Database, storage: Storage, *, lenient: bool = False) -> None:
        """``lenient`` draws even where the system grants no walls."""
        self._db = db
        self._storage = storage
        self._lenient = lenient
        self._shares = Shares(DRAWN_AT_ONCE, of_one=DRAWN_OF_ONE)

    @activity.defn(name="branding.check_brand")
    async def check_brand(self, publication: Publication) -> None:
        """Refuse colours that cannot be read and pictures that cannot be decoded."""
        service.check(publication)
        for asset in (publication.assets.logo, publication.assets.logo_dark, publication.assets.favicon):
            if asset is not None:
                async with self._copy(publication, asset) as original:
                    await self._draw(publication, "check", asset, original)

    @activity.defn(name="branding.draw_pictures")
    async def draw_pictures(self, publication: Publication) -> Drawn:
        """Draw the logos and the icons in every size that pages, mails and devices ask for."""
        assets = publication.assets
        drawn: list[Rendition] = []
        for name, asset in (("logo", assets.logo), ("logo-dark", assets.logo_dark)):
            if asset is not None:
                async with self._copy(publication, asset) as original:
                    rendered = await self._draw(publication, "logo", asset, original, name)
                    drawn += await self._keep(publication, rendered, original)
        icon = assets.favicon or assets.logo
        if icon is not None:
            async with self._copy(publication, icon) as original:
                rendered = await self._draw(publication, "icons", icon, original)
                drawn += await self._keep(publication, rendered, original)
        return Drawn(tuple(drawn))

    @activity.defn(name="branding.erase_pictures")
    async def erase_pictures(self, publication: Publication) -> None:
        """Undo ``draw_pictures``."""
        await self._storage.delete_prefix(service.renditions_folder(publication.tenant_id, publication.version_id))

    @activity.defn(name="branding.build_sheet")
    async def build_sheet(self, illustrated: Illustrated) -> Sheet:
        """Write the one sheet that every page links."""
        sheet = sheet_of(illustrated.publication.look, illustrated.renditions)
        if len(sheet.css.encode()) >= MOST_BYTES:
            raise sheet_too_large()
        return sheet

    @activity.defn(name="branding.publish_version")
    async def publish_version(self, finished: Finished) -> None:
        """Write the version and have everybody see it, in one transaction."""
        async with self._work(finished.publication) as uow:
            if await uow.once(effect_key("publish_version")):
                await service.publish(uow, finished)

    @activity.defn(name="branding.unpublish_version")
    async def unpublish_version(self, finished: Finished) -> None:
        """Undo ``publish_version``: what was shown before is shown again."""
        async with self._work(finished.publication) as uow:
            await service.unpublish(uow, finished.publication)
            await uow.forget(effect_key("publish_version"))

    @activity.defn(name="branding.announce_brand")
    async def announce_brand(self, publication: Publication) -> None:
        """Have open pages take the brand; telling them twice changes nothing."""
        async with self._work(publication) as uow:
            await service.announce_version(uow, publication)

    async def _draw(
        self, publication: Publication, job: Job, asset: Asset, original: Path, name: str = ""
    ) -> tuple[Rendition, ...]:
        """Have a picture drawn when it is the tenant's turn: each takes a process and up to half a minute of it."""
        async with self._shares.place(publication.tenant_id):
            return await draw(job, asset.type, original, name, lenient=self._lenient)

    async def _keep(
        self, publication: Publication, drawn: tuple[Rendition, ...], original: Path
    ) -> tuple[Rendition, ...]:
        for one in drawn:
            content = await asyncio.to_thread(read_written, original.parent, one.name)
            key = service.rendition_key(publication.tenant_id, publication.version_id, one.name)
            await self._storage.put_bytes(key, content)
        return drawn

    @asynccontextmanager
    async def _copy(self, publication: Publication, asset: Asset) -> AsyncIterator[Path]:
        """Yield the path of a picture as it was uploaded, in a folder that is gone afterwards."""
        key = service.original_key(publication.tenant_id, asset.digest)
        try:
            content = await self._storage.get_bytes(key)
        except FileNotFoundError as error:
            raise picture_broken() from error
        with scratch() as folder:
            path = folder / "original"
            await asyncio.to_thread(path.write_bytes, content)
            yield path

    def _work(self, publication: Publication) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._db.unit_of_work(publication.tenant_id, "branding", actor_id=publication.actor_id)
