"""The pages of files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from quart import Response, request

from core.errors import NotFoundError
from domain.files import service
from domain.files.errors import no_file_chosen, size_unknown
from domain.files.permissions import DELETE, UPLOAD, VIEW
from domain.files.policy import policy_of
from domain.files.quota import usage_of
from domain.files.repository import FileRepository
from web.files import content, opening, policy as policy_page, search  # noqa: F401  # bring their routes and what they find
from web.files.blueprint import blueprint
from web.files.pages import FileListPage, FileRow, RecentFiles, RunCards, file_page
from web.files.receiving import receive_all
from web.kit import (
    current_context,
    guard,
    is_htmx,
    limited,
    page,
    parts,
    render,
    run_cards_of,
    run_groups,
    see_other,
    slot,
    streams_body,
    unit_of_work,
    wants_fragment,
)
from workflows.files.contract import INGEST
from workflows.files.start import start_removal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from core.runs.card import RunCard

PAGE_SIZE = 50
RECENT = 5


@blueprint.get("/files")
@guard(VIEW)
async def index() -> Response:
    """List the newest files; for a page that reads its list again, those that it may take in (23-steady.js)."""
    before, first = request.args.get("before", type=UUID), request.args.get("first", type=UUID)
    async with unit_of_work("files") as uow:
        files_of = FileRepository(uow.session)
        newer = 0 if before or not first else await files_of.newer_than(first)
        newer = 0 if newer <= request.args.get("room", 0, type=int) else newer
        newest = await files_of.newest(PAGE_SIZE + 1, before=before, first=first if newer else None)
        usage, policy = await usage_of(uow), await policy_of(uow)
    files = tuple(FileRow.of(listed) for listed in newest[:PAGE_SIZE])
    model = FileListPage(
        policy=policy,
        files=files,
        usage=usage,
        older_than=newest[PAGE_SIZE - 1].file.id if len(newest) > PAGE_SIZE else None,
        removal=await _open_removal(request.args.get("removed", type=UUID)),
        list_path=_list_path(),
        newer=newer,
        is_first_page=not before,
        progress=await _progress_of(files),
        groups=() if wants_fragment() else await run_groups(INGEST.name),
    )
    return await page("files/index.html", model, fragment="files/_list.html")


def _list_path() -> str:
    """Return the address at which the list reads itself again: what it has by then it says itself."""
    args = {name: value for name, value in request.args.items() if name not in {"first", "room"}}
    return f"{request.path}?{urlencode(args)}" if args else request.path


@blueprint.post("/files")
@guard(UPLOAD)
@limited("files.uploads", hits=1000, seconds=600, by=("person",))
@streams_body
async def upload() -> Response:
    """Take in the files of the form, one after the other, and answer with the cards of their runs."""
    if request.content_length is None:
        raise size_unknown()
    taken = await receive_all(parts(), request.content_length)
    if not taken:
        raise no_file_chosen()
    if not is_htmx():
        return see_other("/files")
    cards = await run_cards_of("file", taken)
    return await page("files/_cards.html", RunCards(tuple(card for card in cards if card)))


@blueprint.get("/files/<uuid:file_id>")
@guard(VIEW)
async def show(file_id: UUID) -> Response:
    """Show one file with its preview and everything that is known of it."""
    try:
        async with unit_of_work("files") as uow:
            files = FileRepository(uow.session)
            listed = await files.listed(file_id)
            renditions = await files.renditions(file_id)
            policy = await policy_of(uow)
    except NotFoundError as error:
        if not wants_fragment():
            raise
        # An open page reads itself again because the file was removed: that is news, not a failure.
        return await page("files/_gone.html", message=error.message, status=404)
    (card,) = await run_cards_of("file", [file_id])
    removal = await _open_removal(file_id) if listed.file.trashed_at else None
    may_open = policy.may_open(current_context())
    model = file_page(listed, renditions, card, removal, is_opener=may_open)
    return await page("files/show.html", model, fragment="files/_show.html")


@blueprint.post("/files/<uuid:file_id>/removal")
@guard(DELETE)
async def remove(file_id: UUID) -> Response:
    """Put a file into the trash and have it erased later; until then it can be brought back."""
    async with unit_of_work("files") as uow:
        file = await service.trash(uow, file_id)
        await start_removal(uow, file)
    return see_other(f"/files?removed={file_id}")


@slot("files.recent", url="/files/recent", needed=VIEW)
async def recent() -> Markup:
    """Render the newest few files, for the dashboard."""
    async with unit_of_work("files") as uow:
        newest = await FileRepository(uow.session).newest(RECENT)
    return render("files/_recent.html", RecentFiles(tuple(FileRow.of(listed) for listed in newest)))


async def _progress_of(files: Sequence[FileRow]) -> dict[UUID, RunCard]:
    """Return the cards of what is being done to those of the files that are not settled, as far as the reader may."""
    ids = [file.id for file in files if not file.is_settled]
    cards = await run_cards_of("file", ids) if ids else ()
    return {file_id: card for file_id, card in zip(ids, cards, strict=True) if card is not None}


async def _open_removal(file_id: UUID | None) -> RunCard | None:
    """Return the card of the removal of a file, as long as it can be undone."""
    if file_id is None:
        return None
    (card,) = await run_cards_of("removal", [file_id])
    return card if card and card.can_cancel else None
