"""How open pages take a brand that was published, changed back or taken off: without being loaded anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.brands import brand_of
from web.kit import live_renderer, render, services

if TYPE_CHECKING:
    from core.live import Fact, LiveViewer


@live_renderer("brand")
async def render_brand(fact: Fact, viewer: LiveViewer) -> str:
    """Replace the sign at the head of the page, and say which sheet is to be linked."""
    async with services().db.unit_of_work(fact.tenant_id, "branding") as uow:
        brand = await brand_of(uow)
    seen = viewer.context
    return str(render("branding/_live.html", ctx=replace(seen, tenant=replace(seen.tenant, brand=brand))))
