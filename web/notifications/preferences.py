"""The page on which a person says what they want to be told, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response, request

from domain.notifications import service
from domain.notifications.types import Choice
from web.kit import current_person, form_value, guard, page, see_other, services, unit_of_work
from web.notifications.blueprint import blueprint
from web.notifications.pages import PACES, ChoiceRow, ChoicesPage

if TYPE_CHECKING:
    from core.notices import NoticeKind

PATH = "/preferences/notifications"


@blueprint.get(PATH)
@guard("signed_in", on="tenant")
async def show_choices() -> Response:
    """Show what the reader wants of each kind."""
    person, kinds = current_person(), services().notice_kinds
    async with unit_of_work("notifications") as uow:
        choices = await service.choices_of(uow, person.id, kinds)
    rows = tuple(ChoiceRow(kind, choices[name]) for name, kind in kinds.items())
    model = ChoicesPage(rows, PACES, person.email, was_saved="saved" in request.args)
    return await page("notifications/preferences.html", model)


@blueprint.post(PATH)
@guard("signed_in", on="tenant")
async def save_choices() -> Response:
    """Keep what the reader wants."""
    kinds = services().notice_kinds
    choices = {name: await _choice(kind) for name, kind in kinds.items()}
    async with unit_of_work("notifications") as uow:
        await service.choose(uow, current_person().id, kinds, choices)
    return see_other(f"{PATH}?saved")


async def _choice(kind: NoticeKind) -> Choice:
    in_product = await form_value(f"in_product.{kind.name}") == "yes"
    return Choice(in_product, await form_value(f"mail.{kind.name}"))  # type: ignore[arg-type]  # choose() checks it
