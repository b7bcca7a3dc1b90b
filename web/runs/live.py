"""How the facts of runs look on an open page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.live.events import event
from core.runs.snapshot import RunSnapshot
from web.kit import live_renderer, render_live, run_card
from web.runs.pages import RunPage

if TYPE_CHECKING:
    from core.live import Fact, LiveViewer


CHANGED = event("runs:changed", "A workflow that the reader may see has begun, changed its state, or ended.")
"""Told by app.js when a message of the stream says so: no fact of its own goes to every page."""


@live_renderer("run")
async def render_run(fact: Fact, viewer: LiveViewer) -> str:
    """Replace the card wherever it is shown, and put it into the bar of running things if it is new there."""
    shown = run_card(RunSnapshot.from_json(fact.params), viewer.context)
    return render_live("runs/_live.html", RunPage(shown), viewer)
