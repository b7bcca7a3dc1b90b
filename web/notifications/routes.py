"""The pages of notifications: everything that the reader was told, and nothing that others were."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from quart import Response, request

from core.notices import CHANGED
from domain.notifications import service
from domain.notifications.repository import NoticeRepository
from web.kit import (
    current_context,
    current_person,
    form_value,
    guard,
    is_htmx,
    page,
    render,
    see_other,
    services,
    slot,
    unit_of_work,
)
from web.notifications import preferences  # noqa: F401  # brings its routes
from web.notifications.blueprint import blueprint
from web.notifications.pages import MOST_COUNTED, Bell, NoticeListPage, NoticeRow, RecentNotices, days_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from domain.notifications.models import Notice

PAGE_SIZE = 30
RECENT = 8


@blueprint.get("/notifications")
@guard("pending", on="any")
async def index() -> Response:
    """List what the reader was told."""
    newest, unread = await _read(PAGE_SIZE + 1, request.args.get("before", type=UUID))
    shown = newest[:PAGE_SIZE]
    model = NoticeListPage(
        days=days_of(_rows(shown), current_context()),
        has_unread=unread,
        newest=newest[0].id if newest else None,
        older_than=shown[-1].id if len(newest) > PAGE_SIZE else None,
        list_path=request.full_path.removesuffix("?"),
    )
    return await page("notifications/index.html", model, fragment="notifications/_list.html")


@blueprint.get("/notifications/recent")
@guard("pending", on="any")
async def recent() -> Response:
    """Show the newest few, in the panel of the bell."""
    newest, unread = await _read(RECENT)
    model = RecentNotices(_rows(newest), unread, newest[0].id if newest else None)
    return await page("notifications/_recent.html", model)


@blueprint.get("/notifications/count")
@guard("pending", on="any")
async def count() -> Response:
    """Show how many are unread."""
    return await page("notifications/_count.html", await _bell())


@slot("notifications.bell", needed="pending", on="any")
async def bell() -> Markup:
    """Render the bell."""
    return render("notifications/_bell.html", await _bell())


@blueprint.post("/notifications/<uuid:notice_id>/reading")
@guard("pending", on="any")
async def read(notice_id: UUID) -> Response:
    """Mark one as read."""
    async with unit_of_work("notifications") as uow:
        await service.read(uow, current_person().id, notice_id)
    return _changed()


@blueprint.post("/notifications/reading")
@guard("pending", on="any")
async def read_all() -> Response:
    """Mark everything as read that the reader has been shown."""
    async with unit_of_work("notifications") as uow:
        await service.read_all(uow, current_person().id, until=_id(await form_value("until")))
    return _changed()


async def _read(limit: int, before: UUID | None = None) -> tuple[Sequence[Notice], bool]:
    async with unit_of_work("notifications") as uow:
        notices = NoticeRepository(uow.session, current_person().id)
        return await notices.newest(limit, before=before), await notices.has_unread()


async def _bell() -> Bell:
    async with unit_of_work("notifications") as uow:
        notices = NoticeRepository(uow.session, current_person().id)
        newest, unread = await notices.newest_and_unread(MOST_COUNTED + 1)
    if newest is None:
        return Bell(0, is_over=False, newest=None, says=None)
    row = NoticeRow.of(newest, services().notice_kinds)
    says = row if row.is_unread and row.is_announced else None
    return Bell(min(unread, MOST_COUNTED), unread > MOST_COUNTED, row.id, says)


def _rows(notices: Sequence[Notice]) -> tuple[NoticeRow, ...]:
    kinds = services().notice_kinds
    return tuple(NoticeRow.of(notice, kinds) for notice in notices)


def _changed() -> Response:
    """Have the page's own bell and list read themselves again, also while the stream is away."""
    if not is_htmx():
        return see_other("/notifications")
    return Response("", headers={"HX-Trigger": str(CHANGED)})


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
