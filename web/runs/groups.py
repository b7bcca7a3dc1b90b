"""The pages of groups: what was asked for at once, and the bar of what is going on now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from quart import Response, request

from core.errors import NotFoundError
from core.messages import messages_of
from core.runs.group_card import GroupCard, group_card
from core.runs.groups import close, dismiss, groups_lately
from core.runs.hours import Wanted, one_by_one
from core.runs.notices import tell_of_group
from core.runs.queries import OPEN_STATES, RunPlace
from web.kit import (
    current_context,
    guard,
    is_htmx,
    next_path,
    page,
    render,
    run_card,
    run_entries,
    run_group,
    run_groups,
    see_other,
    services,
    slot,
    tell,
    unit_of_work,
)
from web.runs.blueprint import blueprint
from web.runs.live import CHANGED
from web.runs.pages import GroupPage, RunBar, RunGroups
from web.runs.times import place_in_address, place_of

if TYPE_CHECKING:
    from uuid import UUID

    from markupsafe import Markup

N_ = messages_of("runs")

PAGE_SIZE = 50
SHOWN_IN_BAR = 5
SAID_FOR = timedelta(minutes=1)
"""How long the end of a group is in the bar, for those to be told who do not see it."""


@slot("runs.active", needed="pending", on="any")
async def bar() -> Markup:
    """Render what is going on now."""
    entries = await run_entries(OPEN_STATES, limit=SHOWN_IN_BAR)
    return render("runs/_bar.html", RunBar(entries, await _to_be_said()))


@blueprint.get("/runs/groups")
@guard("signed_in", on="tenant")
async def groups() -> Response:
    """Show the reader's own groups, of a kind if one is named."""
    contract = request.args.get("of", "")
    if contract and contract not in services().contracts:
        raise _no_such_group()
    return await page("runs/_groups.html", RunGroups(await run_groups(contract), contract))


@blueprint.get("/runs/groups/<uuid:group_id>")
@guard("signed_in", on="tenant")
async def show_group(group_id: UUID) -> Response:
    """Show a group, and all its runs one by one."""
    group = await run_group(group_id)
    if group is None:
        raise _no_such_group()
    ctx = current_context()
    wanted = Wanted(group_id=group_id, before=place_of(request.args.get("before")))
    async with unit_of_work("runs") as uow:
        runs = await one_by_one(uow, ctx, wanted, limit=PAGE_SIZE + 1)
    last = runs[PAGE_SIZE - 1] if len(runs) > PAGE_SIZE else None
    older = place_in_address(RunPlace(last.created_at, last.id)) if last else None
    model = GroupPage(group, tuple(run_card(run, ctx) for run in runs[:PAGE_SIZE]), older)
    return await page("runs/group.html", model, fragment="runs/_group_page.html")


@blueprint.post("/runs/groups/<uuid:group_id>/closing")
@guard("signed_in", on="tenant")
async def close_group(group_id: UUID) -> Response:
    """Note that no more will come: what was announced and did not arrive will not."""
    async with unit_of_work("runs") as uow:
        if not await close(uow, group_id, current_context().actor_id):
            raise _no_such_group()
        await tell_of_group(uow, group_id, services().contracts)
    return _changed(f"/runs/groups/{group_id}")


@blueprint.post("/runs/groups/<uuid:group_id>/dismissal")
@guard("signed_in", on="tenant")
async def dismiss_group(group_id: UUID) -> Response:
    """Note that the reader has seen how their group ended."""
    async with unit_of_work("runs") as uow:
        if not await dismiss(uow, group_id, current_context().actor_id):
            raise _no_such_group()
    return _changed(next_path("/runs"))


async def _to_be_said() -> tuple[GroupCard, ...]:
    """Return the reader's own groups that need them, or ended a moment ago."""
    ctx = current_context()
    if ctx.actor_id is None:
        return ()
    contracts = services().contracts
    async with unit_of_work("runs") as uow:
        lately = await groups_lately(uow, ctx.actor_id, contracts, limit=5)
    ended_after = datetime.now(UTC) - SAID_FOR
    cards = [group_card(group, contracts) for group in lately if not group.is_alone]
    return tuple(
        card
        for card in cards
        if card.state == "needs_you" or (card.is_over and card.ended_at is not None and card.ended_at > ended_after)
    )


def _changed(path: str) -> Response:
    return tell(Response(""), CHANGED) if is_htmx() else see_other(path)


def _no_such_group() -> NotFoundError:
    return NotFoundError(N_("There is nothing here."))
