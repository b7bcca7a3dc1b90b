"""The workflows themselves: their pages, and what keeps them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from core.navigation import Page
from core.notices import RUN_KINDS
from core.runs.permissions import PERMISSIONS
from entrypoints.manifest import Feature, Scheduled
from workflows.runs.contract import ANCHOR, ANCHOR_EVERY, SWEEP, SWEEP_EVERY

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("runs")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.runs.anchor import Anchor
    from workflows.runs.sweep import Sweep

    return (Anchor, Sweep)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.runs.anchoring import AnchoringActivities
    from activities.runs.sweeping import SweepActivities
    from core.anchors.key import open_signer
    from core.anchors.outside import Outside
    from core.runs.settling import Settling
    from core.runs.sweep import Sweeper

    settling = Settling(given.db, given.unsettled)
    signer = open_signer(given.settings)
    sweeper = Sweeper(given.db, given.client, given.transport, given.contracts, given.ring, settling=settling)
    outside = Outside.of(given.settings, signer.verifier)
    return (AnchoringActivities(given.db, outside, signer), SweepActivities(sweeper))


PAGES = (
    Page(
        menu="main",
        # Translators: A page, in the main menu: one word or two.
        title=N_("Workflows"),
        path="/runs",
        icon="run",
        order=30,
        shortcut="g r",
    ),
)
SCHEDULES = (Scheduled("sweep", SWEEP, SWEEP_EVERY), Scheduled("anchor", ANCHOR, ANCHOR_EVERY))
FEATURE = Feature(
    name="runs",
    title=N_("Workflows"),
    workflows=workflows,
    activities=activities,
    schedules=SCHEDULES,
    notice_kinds=RUN_KINDS,
    permissions=PERMISSIONS,
    pages=PAGES,
)
