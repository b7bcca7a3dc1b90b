"""What people may do with files."""

from __future__ import annotations

from core.messages import messages_of
from core.permissions import ADMINS, COLLEAGUES, EVERYBODY, OWNERS, Permission

N_ = messages_of("files")

VIEW = Permission(
    "files.view",
    # Translators: A permission, in a list of what a role may do.
    N_("See files"),
    N_("Open the list, previews and downloads."),
    EVERYBODY,
)
UPLOAD = Permission(
    "files.upload",
    # Translators: A permission, in a list of what a role may do.
    N_("Upload files"),
    N_("Add files for everyone here."),
    COLLEAGUES,
)
DELETE = Permission(
    "files.delete",
    # Translators: A permission, in a list of what a role may do.
    N_("Delete files"),
    N_("Move files to the trash, whoever added them."),
    COLLEAGUES,
)
OPEN_SEALED = Permission(
    "files.open_sealed",
    # Translators: A permission, in a list of what a role may do.
    N_("Open files that cannot be scanned"),
    N_("Decide to open a file although nothing could look for viruses in it."),
    ADMINS,
)
OPEN_ANY_SEALED = Permission(
    "files.open_any_sealed",
    # Translators: A permission, in a list of what a role may do.
    N_("Always open files that cannot be scanned"),
    N_("Even where the rules for files leave that to owners."),
    OWNERS,
)
SET_RULES = Permission(
    "files.set_rules",
    # Translators: A permission, in a list of what a role may do.
    N_("Set the rules for files"),
    N_("Decide which kinds are accepted, and who may open what cannot be scanned."),
    ADMINS,
)

PERMISSIONS = (VIEW, UPLOAD, DELETE, OPEN_SEALED, OPEN_ANY_SEALED, SET_RULES)
