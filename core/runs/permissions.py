"""What people may do with workflows that others started."""

from __future__ import annotations

from core.messages import messages_of
from core.permissions import ADMINS, Permission

N_ = messages_of("runs")

MANAGE_ALL = Permission(
    "runs.manage_all",
    # Translators: A permission, in a list of what a role may do.
    N_("Manage all workflows"),
    N_("See, cancel and continue what others here have started, not just one’s own."),
    ADMINS,
)

PERMISSIONS = (MANAGE_ALL,)
