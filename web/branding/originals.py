"""The pictures as they were uploaded: kept while the draft or a version refers to them, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from obstore.exceptions import BaseError as StorageError

from domain.branding import service
from domain.branding.errors import in_other_hands
from web.kit import current_context, current_person, services, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.branding.types import Asset, AssetKind

SECONDS_HELD = 60
"""Longer than a request lasts; only a process that died holds on until then."""

log = structlog.get_logger(__name__)


async def put_original(kind: AssetKind, asset: Asset, content: bytes) -> None:
    """Store a picture and put it into the draft, such that nobody takes it for one that is not needed in between.

    It is held meanwhile: what is held is not erased. Raises ConflictError for one that is just being erased.
    """
    async with unit_of_work("branding", effect=False) as uow:
        if not await uow.hold(_held(asset.digest), SECONDS_HELD):
            raise in_other_hands(kind)
    try:
        await services().storage.put_bytes(service.original_key(current_context().tenant_id, asset.digest), content)
        async with unit_of_work("branding") as uow:
            await service.keep_asset(uow, current_person().id, kind, asset)
    finally:
        await _let_go([asset.digest])


async def erase_unneeded() -> None:
    """Erase the originals that nothing refers to any more; call it when the draft has changed.

    What cannot be erased now, because a publication is under way or the storage is down, is at the next change.
    """
    folder, storage = service.originals_folder(current_context().tenant_id), services().storage
    try:
        found = {one.key.rpartition("/")[2] async for one in storage.list(folder)}
        unneeded = await _hold_unneeded(found)
        try:
            for digest in unneeded:
                await storage.delete(service.original_key(current_context().tenant_id, digest))
        finally:
            await _let_go(unneeded)
    except (StorageError, OSError) as error:
        log.warning("branding.originals_left", error=repr(error))


async def _hold_unneeded(found: set[str]) -> list[str]:
    """Hold those of the originals that nothing refers to, but for those that are just being taken in."""
    async with unit_of_work("branding", effect=False) as uow:
        needed = await service.needed_originals(uow)
        if needed is None:
            return []
        return [digest for digest in sorted(found - needed) if await uow.hold(_held(digest), SECONDS_HELD)]


async def _let_go(digests: Sequence[str]) -> None:
    if digests:
        async with unit_of_work("branding", effect=False) as uow:
            for digest in digests:
                await uow.forget(_held(digest))


def _held(digest: str) -> str:
    return f"branding/originals/{digest}#held"
