"""The pages of runs: the list, the card, and the two things a person can do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quart import Response

from core.errors import ConflictError, NotFoundError
from core.messages import messages_of
from core.runs.card import STUCK
from core.runs.line import withdraw
from core.runs.queries import run_of
from web.kit import (
    claim_submission,
    current_context,
    guard,
    is_htmx,
    page,
    render,
    run_card,
    see_other,
    services,
    unit_of_work,
)
from web.runs import groups, listing, live, search  # noqa: F401  # bring their routes, and what shows and finds runs
from web.runs.blueprint import blueprint
from web.runs.pages import RunPage

if TYPE_CHECKING:
    from uuid import UUID

    from core.runs.snapshot import RunSnapshot

N_ = messages_of("runs")


@blueprint.get("/runs/<uuid:run_id>")
@guard("pending", on="any")
async def show(run_id: UUID) -> Response:
    """Show one run, with its steps."""
    return await page("runs/show.html", await _page_of(run_id), fragment="runs/_card.html")


@blueprint.post("/runs/<uuid:run_id>/cancellation")
@guard("pending", on="any")
async def cancel(run_id: UUID) -> Response:
    """Have a run undo what it did and end."""
    snapshot = await _snapshot(run_id)
    found = run_card(snapshot, current_context())
    if not found.can_cancel:
        raise ConflictError(found.cannot_cancel_because or N_("This has already ended."), code="cannot_cancel")
    if not (snapshot.state == "queued" and await _withdraw(run_id)):
        await _cancel(snapshot)
        await claim_submission("runs")
    return await _answer(run_id)


@blueprint.post("/runs/<uuid:run_id>/continuation")
@guard("pending", on="any")
async def resume(run_id: UUID) -> Response:
    """Have the step that needs somebody tried again."""
    snapshot = await _snapshot(run_id)
    if snapshot.state == "stuck":
        raise ConflictError(STUCK, code="run_stuck")
    if not run_card(snapshot, current_context()).can_continue:
        raise ConflictError(N_("Nothing here is waiting to be continued."), code="cannot_continue")
    await services().temporal.resume(snapshot.workflow_id)
    await claim_submission("runs")
    return await _answer(run_id)


async def _cancel(snapshot: RunSnapshot) -> None:
    try:
        await services().temporal.cancel(snapshot.workflow_id)
    except NotFoundError:
        if snapshot.state not in {"queued", "launching"}:
            raise
        # Committed a moment ago: Temporal will know it, it has not ended. Or nobody has come to start it yet.
        if not await _withdraw(snapshot.id):
            raise ConflictError(N_("This is only just starting. Cancel it in a moment."), code="too_early") from None


async def _withdraw(run_id: UUID) -> bool:
    """End a run before it begins; False if it has begun meanwhile."""
    async with unit_of_work("runs") as uow:
        return await withdraw(uow, run_id, services().contracts)


async def _snapshot(run_id: UUID) -> RunSnapshot:
    async with unit_of_work("runs") as uow:
        snapshot = await run_of(uow, current_context(), run_id)
    if snapshot is None:
        raise NotFoundError(N_("This workflow doesn’t exist."))
    return snapshot


async def _page_of(run_id: UUID) -> RunPage:
    return RunPage(run_card(await _snapshot(run_id), current_context()))


async def _answer(run_id: UUID) -> Response:
    if is_htmx():
        return Response(render("runs/_card.html", await _page_of(run_id)), content_type="text/html; charset=utf-8")
    return see_other(f"/runs/{run_id}")
