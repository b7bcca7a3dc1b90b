"""The brand editor as a browser uses it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from core.ids import new_id
from core.storage import Storage
from domain.branding import service
from domain.branding.repository import BrandRepository
from domain.branding.sheet import sheet_of
from domain.branding.types import Assets, Finished, Look, Publication, Rendition
from tests.support.visitor import Answer

if TYPE_CHECKING:
    from core.db import Database
    from core.settings import Settings
    from tests.support.tenant_fixtures import TestTenant
    from tests.support.visitor import Visitor

GREEN = Look(accent="#0a7d5a", name="North Pier")
CHOICES = {"name": "North Pier", "theme": "", "accent": "#0a7d5a", "accent_dark": "", "tint": "3", "hue": "150"} | {
    "radius": "14",
    "font": "classic",
}


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage.from_url(settings.storage_url)


def png(size: tuple[int, int] = (200, 50)) -> bytes:
    """A small picture."""
    written = BytesIO()
    Image.new("RGB", size, "#0a7d5a").save(written, "PNG")
    return written.getvalue()


async def published(
    db: Database, tenant: TestTenant, look: Look = GREEN, storage: Storage | None = None
) -> tuple[str, int]:
    """Publish a version without its workflow; returns its digest and its number."""
    admin = tenant.people["admin"]
    wanted = Publication(tenant.id, admin.id, admin.name, new_id(), look, Assets())
    renditions: tuple[Rendition, ...] = ()
    if storage is not None:
        content = png()
        await storage.put_bytes(service.rendition_key(tenant.id, wanted.version_id, "logo.png"), content)
        renditions = (Rendition("logo.png", 128, 32, len(content), tenant.slug),)
    sheet = sheet_of(look, renditions)
    async with db.unit_of_work(tenant.id, "branding", actor_id=admin.id) as uow:
        await service.publish(uow, Finished(wanted, renditions, sheet))
        await uow.session.flush()
        versions = await BrandRepository(uow.session).versions()
    return sheet.digest, versions[0].number


async def send_picture(visitor: Visitor, tenant: TestTenant, content: bytes, kind: str = "logo", **more: Any) -> Answer:
    """Send one picture by the form of the page."""
    await visitor.get(tenant.url("/admin/branding"))
    cookies = "; ".join(f"{key}={value}" for key, value in visitor.cookies[tenant.host].items())
    transport = httpx.ASGITransport(visitor._application, client=(visitor.address, 50000))
    async with httpx.AsyncClient(transport=transport, timeout=20) as client:
        response = await client.post(
            tenant.url(f"/admin/branding/pictures/{kind}"),
            data={"csrf_token": visitor._csrf.get(tenant.host, "")},
            files={"picture": (more.pop("name", "logo.png"), content, "image/png")},
            headers={"Cookie": cookies, "Accept-Language": "en", **more},
        )
    return Answer(response.status_code, response.headers, response.content)
