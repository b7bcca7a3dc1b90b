"""Run cards for pages of any feature: the same card everywhere, and never a run that the reader may not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.runs.card import RunCard, card_of
from core.runs.queries import OPEN_STATES, run_of, runs_of, runs_of_subjects
from web.kit.services import services
from web.kit.visit import current_context, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from core.context import Context
    from core.runs.snapshot import RunSnapshot

MOST_OPEN = 50


def run_card(snapshot: RunSnapshot, ctx: Context) -> RunCard:
    """Return the card of a run as this reader may see it.

    Only those who run a tenant get the engineers' link, and nobody in production: Temporal's own pages know no tenants,
    so whoever may open them could end the workflows of all.
    """
    return card_of(snapshot, services().contracts, engineer_url=_engineer_url(snapshot, ctx))


async def run_card_by_id(run_id: UUID) -> RunCard | None:
    """Return the card of one run; None for one that is not there or not for the reader."""
    async with unit_of_work("runs") as uow:
        snapshot = await run_of(uow, current_context(), run_id)
    return run_card(snapshot, current_context()) if snapshot else None


async def run_cards_of(kind: str, ids: Iterable[UUID]) -> tuple[RunCard | None, ...]:
    """Return the card of the last run of each subject, in the order of ``ids``; None where there is none to see.

    ``kind`` and the ids are the ``subject`` that the runs were launched with.
    """
    keys = [str(each) for each in ids]
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        found = await runs_of_subjects(uow, ctx, kind, keys)
    return tuple(run_card(found[key], ctx) if key in found else None for key in keys)


async def open_run_cards(*, limit: int = MOST_OPEN) -> tuple[RunCard, ...]:
    """Return the cards of what is going on now, newest first."""
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        snapshots = await runs_of(uow, ctx, states=OPEN_STATES, limit=limit)
    return tuple(run_card(snapshot, ctx) for snapshot in snapshots)


def _engineer_url(snapshot: RunSnapshot, ctx: Context) -> str | None:
    settings = services().settings
    if settings.is_production or not ctx.is_admin or not settings.temporal_ui_url:
        return None
    workflow_id = snapshot.workflow_id.replace("/", "%2F")
    return f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{workflow_id}"
