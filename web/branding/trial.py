"""Seeing the draft on one's own pages, before anybody else does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quart import Response

from core.brands import brand_at
from core.context import BrandPicture
from domain.branding import service
from domain.branding.permissions import CHANGE
from domain.branding.repository import BrandRepository
from domain.branding.sheet import css_of, sheet_of
from web.branding.blueprint import blueprint
from web.kit import drafts_look, guard, repeats_safely, see_other, services, take_off_draft, unit_of_work

if TYPE_CHECKING:
    from core.context import Brand, Context
    from domain.branding.types import Asset, Assets, Look

SHEET = "/admin/branding/draft.css"


@blueprint.post("/admin/branding/trial/removal")
@guard(CHANGE)
@repeats_safely(because="its answer takes a cookie away")
async def end_trial() -> Response:
    """Show this browser again what everybody sees."""
    response = see_other("/admin/branding", reload=True)
    take_off_draft(response)
    return response


@blueprint.get("/admin/branding/draft.css")
@guard(CHANGE)
async def draft_sheet() -> Response:
    """Answer with the sheet of the draft as it is now."""
    async with unit_of_work("branding") as uow:
        look, _ = service.choices_of(await BrandRepository(uow.session).draft())
    return Response(css_of(look), content_type="text/css; charset=utf-8")


@drafts_look(CHANGE)
async def wear(ctx: Context) -> Context | None:
    """Return the context with the draft in place of the brand; None where there is no draft."""
    async with services().db.unit_of_work(ctx, "branding") as uow:
        draft = await BrandRepository(uow.session).draft()
    if draft is None:
        return None
    look, assets = service.choices_of(draft)
    follows_tenant = ctx.theme == ctx.tenant.theme
    theme = look.theme if follows_tenant and look.theme in services().themes.keys else None
    return replace(ctx, tenant=replace(ctx.tenant, brand=_brand(look, assets)), theme=theme or ctx.theme)


def _brand(look: Look, assets: Assets) -> Brand:
    digest = sheet_of(look).digest
    drawn = brand_at("/admin/branding", digest, service.facts_of(look, ()))
    return replace(
        drawn,
        sheet_path=f"{SHEET}?{digest}",
        logo=_picture(assets.logo),
        logo_dark=_picture(assets.logo_dark),
        is_draft=True,
    )


def _picture(asset: Asset | None) -> BrandPicture | None:
    """Return the picture as it was uploaded; how large it is shown, the sheet of the pages says."""
    if asset is None:
        return None
    path = f"/admin/branding/pictures/{asset.digest}"
    return BrandPicture(path, path, 0, 0)
