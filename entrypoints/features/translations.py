"""How a workspace says things in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from core.navigation import Page
from domain.translations.permissions import CHANGE, PERMISSIONS
from domain.translations.unsettled import UNSETTLED
from entrypoints.manifest import Feature
from workflows.translations.contract import IMPORT, REPLACE, TAKE_BACK

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("translations")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.translations.batches import Import, Replace, TakeBack

    return (Import, Replace, TakeBack)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.translations.batches import BatchActivities
    from core.settings import ROOT
    from domain.translations.product import ProductTexts

    return (BatchActivities(given.db, ProductTexts(given.catalogues, ROOT / "locales")),)


PAGES = (
    Page(
        menu="workspace",
        # Translators: A page of the settings, in a row of tabs: one word or two.
        title=N_("Wording"),
        path="/admin/translations",
        icon="globe",
        order=60,
        permission=CHANGE,
    ),
)
FEATURE = Feature(
    name="translations",
    title=N_("Wording"),
    workflows=workflows,
    activities=activities,
    contracts=(IMPORT, REPLACE, TAKE_BACK),
    unsettled=UNSETTLED,
    permissions=PERMISSIONS,
    pages=PAGES,
)
