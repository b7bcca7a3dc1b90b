"""The steps of changing many texts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import activity

from core.apart import apart
from core.db import Database
from core.runs.effects import effect_key
from domain.translations import batches
from domain.translations.catalogue_files import read_file
from domain.translations.product import ProductTexts
from domain.translations.types import BatchRef, Checked

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from core.db import UnitOfWork


class BatchActivities:
    """Reads, checks and applies batches, and takes that back."""

    def __init__(self, db: Database, product: ProductTexts) -> None:
        self._db = db
        self._product = product

    @activity.defn(name="translations.read")
    async def read(self, ref: BatchRef) -> None:
        """Have the batch hold one item for each change."""
        async with self._work(ref) as uow:
            file = await batches.file_of(uow, ref.batch_id)
        if file is None:
            return
        entries = await apart(ref.tenant_id, read_file, *file)
        async with self._work(ref) as uow:
            await batches.fill(uow, ref.batch_id, entries)

    @activity.defn(name="translations.discard")
    async def discard(self, ref: BatchRef) -> None:
        """Undo ``read``: the batch is gone, as if nobody had asked for it."""
        async with self._work(ref) as uow:
            await batches.discard(uow, ref.batch_id)

    @activity.defn(name="translations.check")
    async def check(self, ref: BatchRef) -> Checked:
        """Find out which changes can be shown."""
        async with self._work(ref) as uow:
            return await batches.check(uow, self._product, ref.batch_id)

    @activity.defn(name="translations.apply")
    async def apply(self, ref: BatchRef) -> None:
        """Have them come into force."""
        async with self._work(ref) as uow:
            await batches.apply(uow, self._product, ref.batch_id)

    @activity.defn(name="translations.unapply")
    async def unapply(self, ref: BatchRef) -> None:
        """Undo ``apply``."""
        async with self._work(ref) as uow:
            await batches.unapply(uow, self._product, ref.batch_id)

    @activity.defn(name="translations.announce")
    async def announce(self, ref: BatchRef) -> None:
        """Tell open pages, once."""
        key = effect_key("announce")
        async with self._work(ref) as uow:
            if await uow.once(key):
                await batches.require_applied(uow, self._product, ref.batch_id)
                await batches.announce(uow, ref.batch_id)

    def _work(self, ref: BatchRef) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._db.unit_of_work(ref.tenant_id, "translations")
