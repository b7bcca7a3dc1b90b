"""What everybody gets of a published brand, signed in or not: its sheet and its pictures, named by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response

from domain.branding import service
from domain.branding.errors import no_such_brand
from web.branding.blueprint import blueprint
from web.kit import current_context, guard, services, unit_of_work

if TYPE_CHECKING:
    from domain.branding.models import Version

CACHING = "public, max-age=31536000, immutable"


@blueprint.get("/brand/<digest>/<name>")
@guard("anyone", on="tenant")
async def show_published(digest: str, name: str) -> Response:
    """Answer with the sheet or a picture of a version of this tenant. Pages and mail programs may show the pictures."""
    async with unit_of_work("branding") as uow:
        version = await service.published(uow, digest)
    if name == service.SHEET:
        return Response(version.css, content_type="text/css; charset=utf-8", headers={"Cache-Control": CACHING})
    return await _picture(version, name)


async def _picture(version: Version, name: str) -> Response:
    if name not in {rendition["name"] for rendition in version.renditions}:
        raise no_such_brand()
    key = service.rendition_key(current_context().tenant_id, version.id, name)
    try:
        content = await services().storage.get_bytes(key)
    except FileNotFoundError:
        raise no_such_brand() from None
    headers = {"Cache-Control": CACHING, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(content, content_type="image/png", headers=headers)
