"""What people may do with the wording of a workspace."""

from __future__ import annotations

from core.messages import messages_of
from core.permissions import ADMINS, Permission

N_ = messages_of("translations")

CHANGE = Permission(
    "translations.change",
    # Translators: A permission, in a list of what a role may do.
    N_("Change the wording"),
    N_("Rewrite, import and export the texts of this workspace."),
    ADMINS,
)

PERMISSIONS = (CHANGE,)
