"""Opening what the scanner could not look into, with the warning before one's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.files import service
from domain.files.errors import may_not_open
from domain.files.permissions import VIEW
from domain.files.policy import policy_of
from domain.files.repository import FileRepository
from web.files.blueprint import blueprint
from web.files.pages import FileRow, OpeningPage
from web.kit import current_context, guard, page, see_other, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from quart import Response

    from core.db import UnitOfWork


@blueprint.get("/files/<uuid:file_id>/opening")
@guard(VIEW)
async def ask_to_open(file_id: UUID) -> Response:
    """Warn of what nobody could look into, and ask whether it is to be opened all the same."""
    async with unit_of_work("files") as uow:
        listed = await FileRepository(uow.session).listed(file_id)
        await _check(uow)
    if not listed.file.is_sealed:
        return see_other(f"/files/{file_id}")
    return await page("files/opening.html", OpeningPage(FileRow.of(listed)))


@blueprint.post("/files/<uuid:file_id>/opening")
@guard(VIEW)
async def open_sealed(file_id: UUID) -> Response:
    """Open the file for everybody who may see it."""
    async with unit_of_work("files") as uow:
        await FileRepository(uow.session).get(file_id)
        await _check(uow)
        await service.open_sealed(uow, file_id)
    return see_other(f"/files/{file_id}")


async def _check(uow: UnitOfWork) -> None:
    """Let in whom the tenant's policy names."""
    if not (await policy_of(uow)).may_open(current_context()):
        raise may_not_open()
