"""What people may do with the brand of a workspace."""

from __future__ import annotations

from core.messages import messages_of
from core.permissions import ADMINS, Permission

N_ = messages_of("branding")

CHANGE = Permission(
    "branding.change",
    # Translators: A permission, in a list of what a role may do.
    N_("Change the brand"),
    N_("Try out and publish logos, colours and fonts."),
    ADMINS,
)

PERMISSIONS = (CHANGE,)
