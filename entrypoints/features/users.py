"""How each person wants things shown."""

from __future__ import annotations

from core.messages import messages_of
from core.navigation import Page
from entrypoints.manifest import Feature

N_ = messages_of("users")

PAGES = (
    Page(
        menu="personal",
        # Translators: A page of the settings, in a row of tabs: one word or two.
        title=N_("Preferences"),
        path="/preferences",
        icon="settings",
        order=10,
        shortcut="g s",
    ),
)
FEATURE = Feature(
    name="users",
    title=N_("Preferences"),
    pages=PAGES,
)
