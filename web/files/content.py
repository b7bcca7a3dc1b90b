"""The bytes of files: small pictures from the tenant's host, originals from a host that holds nothing else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from quart import Response, request
from werkzeug.http import parse_range_header

from domain.files import service
from domain.files.errors import no_such_file
from domain.files.permissions import VIEW
from domain.files.repository import FileRepository
from web.files.blueprint import blueprint
from web.kit import current_context, guard, keep_for_this_session, see_other, services, unit_of_work

if TYPE_CHECKING:
    from domain.files.models import File

LINK_LIVES = 300
"""Seconds in which a download may be begun or taken up again; one under way is not cut off."""

SANDBOX = "default-src 'none'; sandbox"


@blueprint.get("/files/<uuid:file_id>/<name>")
@guard(VIEW)
async def picture(file_id: UUID, name: str) -> Response:
    """Show a rendition: ``thumbnail``, ``preview-1``, ``preview-2``..."""
    ctx = current_context()
    async with unit_of_work("files") as uow:
        await service.available(uow, file_id)
        names = {rendition.name for rendition in await FileRepository(uow.session).renditions(file_id)}
    if name not in names:
        raise no_such_file()
    try:
        content = await services().storage.get_bytes(service.key_of(ctx.tenant_id, file_id, name))
    except FileNotFoundError as error:  # erased since it was asked for
        raise no_such_file() from error
    response = Response(content, content_type="image/webp")
    keep_for_this_session(response)
    return response


@blueprint.get("/files/<uuid:file_id>/download")
@guard(VIEW)
async def download(file_id: UUID) -> Response:
    """Send the browser to the original, on the host for user content, by a link that is valid for minutes."""
    ctx = current_context()
    async with unit_of_work("files") as uow:
        file = await service.available(uow, file_id)
        await uow.audit("files.downloaded", f"file:{file_id}", sealed={"name": file.name})
    token = _signer().dumps([str(ctx.tenant_id), str(file_id), str(ctx.actor_id)])
    return see_other(f"{_content_host()}/original/{token}")


@blueprint.get("/original/<token>")
@guard("anyone", on="usercontent")
async def original(token: str) -> Response:
    """Hand out the bytes of a clean file, whole or a range of them, never to be shown in place.

    Only while the person who asked for the link still belongs to the tenant.
    """
    tenant_id, file_id, person_id = _read(token)
    async with services().db.unit_of_work(tenant_id, "files") as uow:
        if not await FileRepository(uow.session).has_member(person_id):
            raise no_such_file()
        file = await service.available(uow, file_id)
    tag = f'"{file.sha256.hex()}"' if file.sha256 else '""'
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": disposition(file.name),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "ETag": tag,
    }
    unchanged = request.headers.get("If-Range", tag) == tag
    return _ranged(file, headers, request.headers.get("Range") if unchanged else None)


def disposition(name: str) -> str:
    """Return the header that saves a file under its name (RFC 6266), with a plain name for old browsers."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _ranged(file: File, headers: dict[str, str], wanted: str | None) -> Response:
    """Answer with all bytes, or with the one range that was asked for (RFC 9110, section 14)."""
    ranges = parse_range_header(wanted)
    if ranges is None or ranges.units != "bytes" or len(ranges.ranges) != 1:
        return _stream(file, 0, file.size, 200, headers)
    found = ranges.range_for_length(file.size)
    if found is None:
        return Response("", status=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    start, end = found
    return _stream(file, start, end, 206, {**headers, "Content-Range": f"bytes {start}-{end - 1}/{file.size}"})


def _stream(file: File, start: int, end: int, status: int, headers: dict[str, str]) -> Response:
    chunks = services().storage.get_stream(service.key_of(file.tenant_id, file.id), start=start, end=end)
    response = Response(chunks, status=status, headers={**headers, "Content-Length": str(end - start)})
    response.timeout = None  # a slow line may take its time
    return response


def _content_host() -> str:
    base = urlsplit(services().settings.base_url)
    return f"{base.scheme}://usercontent.{base.netloc}"


def _signer() -> URLSafeTimedSerializer:
    secret = services().settings.secret_key.get_secret_value()
    return URLSafeTimedSerializer(secret, salt="files.download", signer_kwargs={"digest_method": hashlib.sha256})


def _read(token: str) -> tuple[UUID, UUID, UUID]:
    try:
        tenant_id, file_id, person_id = _signer().loads(token, max_age=LINK_LIVES)
    except BadData as error:
        raise no_such_file() from error
    return UUID(tenant_id), UUID(file_id), UUID(person_id)
