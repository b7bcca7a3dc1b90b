"""Workflows in the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import speaker
from core.i18n.isolation import without_isolates
from core.messages import messages_of
from core.runs.queries import ALL_STATES, runs_of
from web.kit import Hit, current_context, run_card, searchable, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.kit import Query

N_ = messages_of("runs")

LOOKED_AT = 100
"""Titles are said in the reader's language, so they are compared here; older workflows are found by their list."""


@searchable("runs", title=N_("Workflows"), order=30)
async def find_runs(query: Query) -> Sequence[Hit]:
    """Find the newest workflows that the reader may see by what they are called in the reader's language."""
    ctx = current_context()
    async with unit_of_work("runs") as uow:
        snapshots = await runs_of(uow, ctx, states=ALL_STATES, limit=LOOKED_AT)
    wanted = query.text.casefold()
    hits = []
    for snapshot in snapshots:
        card = run_card(snapshot, ctx)
        title = speaker().say(card.title)
        if wanted in without_isolates(title).casefold():
            hits.append(Hit(title, f"/runs/{card.id}", card.icon, card.started_by))
        if len(hits) == query.limit:
            break
    return hits
