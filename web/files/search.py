"""Files in the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from domain.files.repository import FileRepository
from web.files.pages import FileRow
from web.kit import Hit, searchable, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.kit import Query

N_ = messages_of("files")


@searchable("files", title=N_("Files"), order=20)
async def find_files(query: Query) -> Sequence[Hit]:
    """Find files by name, those whose name begins so first."""
    async with unit_of_work("files") as uow:
        found = await FileRepository(uow.session).found(query.pattern, query.beginning, limit=query.limit)
    rows = (FileRow.of(listed) for listed in found)
    return [Hit(row.name, f"/files/{row.id}", row.icon, row.kind) for row in rows]
