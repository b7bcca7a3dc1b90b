"""What people may do with workflows that others started."""

from __future__ import annotations

from core.messages import messages_of
from core.permissions import ADMINS, Permission

N_ = messages_of("runs")

SEE_ALL = Permission(
    "runs.see_all",
    # Translators: A permission, in a list of what a role may do.
    N_("See all workflows"),
    N_("See what others here have started, not just one’s own."),
    ADMINS,
)
STEER_ALL = Permission(
    "runs.steer_all",
    # Translators: A permission, in a list of what a role may do.
    N_("Steer all workflows"),
    N_("Cancel or continue what others here have started."),
    ADMINS,
)

PERMISSIONS = (SEE_ALL, STEER_ALL)
