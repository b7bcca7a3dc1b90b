"""What may happen to a brand, each within the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from core.context import CONTEXT_CHANGED
from core.live.events import event
from core.live.fact import holders
from core.storage import object_key
from domain.branding.errors import contrast_fails, no_such_brand, no_such_version, version_gone
from domain.branding.models import Version
from domain.branding.palette import failing, shades
from domain.branding.permissions import CHANGE
from domain.branding.repository import BrandRepository
from domain.branding.types import KINDS, Asset, Assets, Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from core.db import UnitOfWork
    from domain.branding.models import Draft
    from domain.branding.types import AssetKind, Finished, Publication

SHOWN = "brand"
"""The fact that has every open page of the tenant take the brand that is shown now."""

CHANGED = event("brand:changed", "Another brand is published: the editor reads its list of versions again.")

SHEET = "brand.css"


def original_key(tenant_id: UUID, digest: str) -> str:
    """Return the storage key of a picture as it was uploaded."""
    return object_key(tenant_id, "branding", "originals", digest)


def originals_folder(tenant_id: UUID) -> str:
    """Return the folder of all pictures as they were uploaded."""
    return object_key(tenant_id, "branding", "originals")


def rendition_key(tenant_id: UUID, version_id: UUID, name: str) -> str:
    """Return the storage key of a picture that was drawn for a version."""
    return object_key(tenant_id, "branding", "versions", version_id, name)


def renditions_folder(tenant_id: UUID, version_id: UUID) -> str:
    """Return the folder of all pictures of a version."""
    return object_key(tenant_id, "branding", "versions", version_id)


def look_from(stored: Mapping[str, Any]) -> Look:
    """Return a look from its row; what a later release has left out is passed over."""
    return Look(**{name: value for name, value in stored.items() if name in Look.__dataclass_fields__})


def assets_from(stored: Mapping[str, Any]) -> Assets:
    """Return the pictures from their row."""
    return Assets(**{kind: Asset(**found) if (found := stored.get(kind)) else None for kind in asdict(Assets())})


def choices_of(draft: Draft | None) -> tuple[Look, Assets]:
    """Return what the admins have chosen so far."""
    return (look_from(draft.look), assets_from(draft.assets)) if draft else (Look(), Assets())


async def keep_look(uow: UnitOfWork, actor_id: UUID, look: Look) -> None:
    """Write the choices of the draft."""
    await BrandRepository(uow.session).keep_draft(uow.tenant_id, actor_id, look=asdict(look))


async def assets_to_publish(uow: UnitOfWork) -> Assets:
    """Return the pictures of the draft. Until the run that needs them is launched, none of them can be erased."""
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    _, assets = choices_of(await brands.draft())
    return assets


async def needed_originals(uow: UnitOfWork) -> frozenset[str] | None:
    """Return the digests of the originals that the draft or a version refers to, and keep others from adding to them.

    None while a publication is under way: it may need one that the draft does not refer to any more.
    """
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    if await brands.is_being_published():
        return None
    stored = [assets_from(assets) for assets in await brands.all_assets()]
    return frozenset(asset.digest for assets in stored for kind in KINDS if (asset := getattr(assets, kind)))


async def keep_asset(uow: UnitOfWork, actor_id: UUID, kind: AssetKind, asset: Asset | None) -> None:
    """Put a picture into the draft, or take it out."""
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    _, assets = choices_of(await brands.draft())
    await brands.keep_draft(uow.tenant_id, actor_id, assets=asdict(replace(assets, **{kind: asset})))


def check(publication: Publication) -> None:
    """Refuse what may not be published; raises InvalidError."""
    if failing(publication.look):
        raise contrast_fails()


async def publish(uow: UnitOfWork, finished: Finished) -> None:
    """Write the version and show it; the one before it is kept and remembered."""
    brands = BrandRepository(uow.session)
    publication = finished.publication
    await brands.take_turns()
    if await brands.version(publication.version_id) is not None:
        return
    number = await brands.next_number()
    await brands.add(
        Version(
            tenant_id=publication.tenant_id,
            id=publication.version_id,
            number=number,
            digest=finished.sheet.digest,
            look=asdict(publication.look),
            assets=asdict(publication.assets),
            renditions=[asdict(one) for one in finished.renditions],
            css=finished.sheet.css,
            replaces=await brands.shown(),
            published_by=publication.actor_id,
            published_by_name=publication.actor_name,
        )
    )
    await _show(brands, publication.version_id)
    await uow.audit("brand.published", f"brand:{publication.version_id}", number=number)


async def unpublish(uow: UnitOfWork, publication: Publication) -> None:
    """Show what was shown before a version, unless another one has been chosen since; forget the version."""
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    version = await brands.version(publication.version_id)
    if version is None:
        return
    if await brands.shown() == version.id:
        await _show(brands, version.replaces)
    await brands.remove(version.id)
    announce(uow)
    await uow.audit("brand.taken_back", f"brand:{version.id}", number=version.number)


async def go_back(uow: UnitOfWork, actor_id: UUID, number: int) -> None:
    """Show an earlier version again, byte for byte, and go on from it in the draft; raises NotFoundError."""
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    version = await brands.numbered(number)
    if version is None:
        raise no_such_version()
    await _show(brands, version.id)
    await brands.keep_draft(uow.tenant_id, actor_id, look=version.look, assets=version.assets)
    announce(uow)
    await uow.audit("brand.went_back", f"brand:{version.id}", number=number)


async def begin_again(uow: UnitOfWork, actor_id: UUID) -> None:
    """Go on in the draft from what everybody sees."""
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    shown = await brands.shown()
    version = await brands.version(shown) if shown else None
    if version is None:
        await brands.discard_draft()
    else:
        await brands.keep_draft(uow.tenant_id, actor_id, look=version.look, assets=version.assets)


async def take_off(uow: UnitOfWork) -> None:
    """Show the theme's own look; the versions are kept."""
    brands = BrandRepository(uow.session)
    await brands.take_turns()
    await brands.hide()
    announce(uow)
    await uow.audit("brand.taken_off", f"tenant:{uow.tenant_id}")


async def announce_version(uow: UnitOfWork, publication: Publication) -> None:
    """Tell every open page of the tenant; raises NotFoundError where the version is not there: rows may be older."""
    if await BrandRepository(uow.session).version(publication.version_id) is None:
        raise version_gone()
    announce(uow)


def announce(uow: UnitOfWork) -> None:
    """Tell every open page of the tenant."""
    uow.publish(CONTEXT_CHANGED)
    uow.publish(SHOWN)
    uow.publish(CHANGED, audience=holders(CHANGE))


async def published(uow: UnitOfWork, digest: str) -> Version:
    """Return the version of a digest; raises NotFoundError for another tenant's as for one that never was."""
    version = await BrandRepository(uow.session).with_digest(digest)
    if version is None:
        raise no_such_brand()
    return version


async def _show(brands: BrandRepository, version_id: UUID | None) -> None:
    version = await brands.version(version_id) if version_id else None
    if version is None:
        await brands.hide()
    else:
        await brands.show(version.id, facts_of(look_from(version.look), version.renditions))


def facts_of(look: Look, renditions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what pages and mails have to know of a version: ``core.brands`` reads it."""
    sizes = {one["name"]: [one["width"], one["height"]] for one in renditions}
    light = shades(look, "light")
    return {
        "name": look.name,
        "theme": look.theme,
        "accent": light.fill.hex if light else None,
        "on_accent": light.on_fill.hex if light else None,
        "link": light.link.hex if light else None,
        "logo": sizes.get("logo.png"),
        "logo_dark": sizes.get("logo-dark.png"),
        "icons": "favicon.png" in sizes,
    }
