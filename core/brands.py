"""The published brand of a tenant, as pages and mails of every feature see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text

from core.context import Brand, BrandPicture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.db import UnitOfWork

log = structlog.get_logger(__name__)

BRAND = text("select digest, facts from platform.brands")

SHEET = "brand.css"
ICON_SIZES = (192, 512)


async def brand_of(uow: UnitOfWork) -> Brand | None:
    """Return the brand of the transaction's tenant; None where there is none, or none that can be used."""
    row = (await uow.session.execute(BRAND)).one_or_none()
    return read_brand(row.digest, row.facts) if row else None


def read_brand(digest: str, facts: Mapping[str, Any]) -> Brand | None:
    """Return a brand from its row. One that cannot be read is no brand: the page is shown in its theme then."""
    try:
        return brand_at(f"/brand/{digest}", digest, facts)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("brands.broken", digest=digest, error=repr(error))
        return None


def brand_at(folder: str, digest: str, facts: Mapping[str, Any]) -> Brand:
    """Return the brand whose sheet and pictures are below ``folder``."""
    has_icons = bool(facts["icons"])
    return Brand(
        digest=digest,
        sheet_path=f"{folder}/{SHEET}",
        name=str(facts["name"] or ""),
        theme=facts["theme"],
        accent=facts["accent"],
        on_accent=facts["on_accent"],
        link=facts["link"],
        logo=_picture(folder, "logo", facts["logo"]),
        logo_dark=_picture(folder, "logo-dark", facts["logo_dark"]),
        favicon_path=f"{folder}/favicon.png" if has_icons else None,
        touch_icon_path=f"{folder}/touch-icon.png" if has_icons else None,
        icon_paths=tuple((size, f"{folder}/icon-{size}.png") for size in ICON_SIZES if has_icons),
    )


def _picture(folder: str, name: str, size: list[int] | None) -> BrandPicture | None:
    if size is None:
        return None
    width, height = size
    return BrandPicture(f"{folder}/{name}.png", f"{folder}/{name}-2x.png", int(width), int(height))
