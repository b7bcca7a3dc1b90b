"""What people may do with a workspace and its people."""

from __future__ import annotations

from core.messages import messages_of
from core.permissions import ADMINS, COLLEAGUES, Permission

N_ = messages_of("tenants")

SEE_PEOPLE = Permission(
    "tenants.see_people",
    # Translators: A permission, in a list of what a role may do.
    N_("See people"),
    N_("Open the list of who works here, with names and email addresses."),
    COLLEAGUES,
)
CHANGE_SETTINGS = Permission(
    "tenants.change_settings",
    # Translators: A permission, in a list of what a role may do.
    N_("Change workspace settings"),
    N_("Change the name, language and time zone for everyone here."),
    ADMINS,
)

PERMISSIONS = (SEE_PEOPLE, CHANGE_SETTINGS)
