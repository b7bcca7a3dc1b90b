"""The pictures of the draft: taken in as they are, shown to admins alone until they have been drawn anew."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from quart import Response

from core.plain_text import file_name
from domain.branding import service
from domain.branding.errors import is_vector, no_picture, no_such_brand, not_a_picture, picture_too_large
from domain.branding.permissions import CHANGE
from domain.branding.repository import BrandRepository
from domain.branding.types import KINDS, Asset
from web.branding.blueprint import blueprint
from web.branding.originals import erase_unneeded, put_original
from web.branding.pages import tile
from web.kit import (
    UploadedFile,
    current_context,
    current_person,
    guard,
    keep_for_this_session,
    limited,
    page,
    parts,
    see_other,
    services,
    streams_body,
    unit_of_work,
    wants_fragment,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.branding.types import AssetKind

MOST_BYTES = 2 * 1024 * 1024
FIRST_BYTES = 512
LONGEST_FILENAME = 100
SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
VECTOR = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!DOCTYPE svg|!--)", re.IGNORECASE)
SANDBOX = "default-src 'none'; sandbox"


@blueprint.post("/admin/branding/pictures/<kind>")
@guard(CHANGE)
@limited("branding.pictures", hits=20, seconds=600, by=("tenant",))
@streams_body
async def upload(kind: str) -> Response:
    """Take in one picture of the draft; what is no picture leaves nothing."""
    async for part in parts():  # which refuses forged forms first
        if isinstance(part, UploadedFile) and part.filename:
            known = _kind(kind)
            await put_original(known, *await _receive(known, part))
            return await _changed(known)
    raise no_picture(_kind(kind))


@blueprint.post("/admin/branding/pictures/<kind>/removal")
@guard(CHANGE)
async def remove_picture(kind: str) -> Response:
    """Take a picture out of the draft."""
    known = _kind(kind)
    async with unit_of_work("branding") as uow:
        await service.keep_asset(uow, current_person().id, known, None)
    return await _changed(known)


@blueprint.get("/admin/branding/pictures/<digest>")
@guard(CHANGE)
async def show_picture(digest: str) -> Response:
    """Show a picture of the draft as it was uploaded."""
    async with unit_of_work("branding") as uow:
        _, assets = service.choices_of(await BrandRepository(uow.session).draft())
    found = next((one for kind in KINDS if (one := getattr(assets, kind)) and one.digest == digest), None)
    if found is None:
        raise no_such_brand()
    content = await services().storage.get_bytes(service.original_key(current_context().tenant_id, digest))
    response = Response(content, content_type=found.type, headers={"Content-Security-Policy": SANDBOX})
    keep_for_this_session(response)
    return response


def kind_of_bytes(kind: AssetKind, content: bytes) -> str:
    """Return the media type by the bytes themselves, whatever the browser called them; raises UnsupportedError."""
    for signature, media_type in SIGNATURES:
        if signature.match(content):
            return media_type
    raise is_vector(kind) if VECTOR.match(content[:FIRST_BYTES]) else not_a_picture(kind)


async def _receive(kind: AssetKind, part: UploadedFile) -> tuple[Asset, bytes]:
    content = await _all(kind, part.chunks)
    media_type = kind_of_bytes(kind, content)
    digest = hashlib.sha256(content).hexdigest()
    return Asset(digest, media_type, len(content), file_name(part.filename, longest=LONGEST_FILENAME)), content


async def _all(kind: AssetKind, chunks: AsyncIterator[bytes]) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise picture_too_large(kind, MOST_BYTES)
    return bytes(content)


async def _changed(kind: AssetKind) -> Response:
    await erase_unneeded()
    async with unit_of_work("branding") as uow:
        _, assets = service.choices_of(await BrandRepository(uow.session).draft())
    if not wants_fragment():
        return see_other("/admin/branding")
    return await page(
        "branding/_picture_changed.html",
        {"picture": tile(kind, assets), "logo": tile("logo", assets), "logo_dark": tile("logo_dark", assets)},
    )


def _kind(name: str) -> AssetKind:
    for kind in KINDS:
        if kind == name:
            return kind
    raise no_such_brand()
