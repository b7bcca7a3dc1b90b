"""The pictures as they were uploaded: kept while the draft or a version refers to them, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from obstore.exceptions import BaseError as StorageError

from domain.branding import service
from web.kit import current_context, current_person, services, unit_of_work

if TYPE_CHECKING:
    from domain.branding.types import Asset, AssetKind

log = structlog.get_logger(__name__)


async def put_original(kind: AssetKind, asset: Asset, content: bytes) -> None:
    """Store a picture and put it into the draft, such that nobody takes it for one that is not needed in between."""
    async with unit_of_work("branding") as uow:
        await service.take_turns(uow)
        await services().storage.put_bytes(service.original_key(uow.tenant_id, asset.digest), content)
        await service.keep_asset(uow, current_person().id, kind, asset)


async def erase_unneeded() -> None:
    """Erase the originals that nothing refers to any more; call it when the draft has changed.

    What cannot be erased now, because a publication is under way or the storage is down, is at the next change.
    """
    try:
        async with unit_of_work("branding") as uow:
            needed = await service.needed_originals(uow)
            if needed is not None:
                await _erase_all_but(needed)
    except (StorageError, OSError) as error:
        log.warning("branding.originals_left", error=repr(error))


async def _erase_all_but(needed: frozenset[str]) -> None:
    storage = services().storage
    async for found in storage.list(service.originals_folder(current_context().tenant_id)):
        if found.key.rpartition("/")[2] not in needed:
            await storage.delete(found.key)
