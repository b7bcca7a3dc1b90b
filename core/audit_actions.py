"""Every action that the audit trail may name, with what it is called where people read it.

The database refuses an action whose first word is not its feature's (``platform.audit_prefixes``); this table refuses
one that nobody has declared, and a test compares it with what the product says.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.messages import Message

N_ = messages_of("core")

# Translators: What somebody did, in the audit log.
ACTIONS: Mapping[str, Message] = MappingProxyType({
    "account.requested": N_("Account requested"),
    "account.activated": N_("Account confirmed"),
    "account.expired": N_("Unconfirmed account deleted"),
    "session.opened": N_("Logged in"),
    "session.refused": N_("Login refused"),
    "session.denied": N_("Access refused"),
    "session.entered": N_("Workspace entered"),
    "session.closed": N_("Logged out"),
    "session.revoked": N_("Session ended from another device"),
    "tenant.created": N_("Workspace created"),
    "tenant.changed": N_("Workspace settings changed"),
    "files.downloaded": N_("File downloaded"),
    "files.trashed": N_("File moved to trash"),
    "files.restored": N_("File restored from trash"),
    "files.erased": N_("File deleted for good"),
    "files.opened": N_("File opened without a scan"),
    "files.policy_changed": N_("Rules for files changed"),
    "brand.published": N_("Brand published"),
    "brand.taken_back": N_("Publication of a brand undone"),
    "brand.went_back": N_("Earlier brand restored"),
    "brand.taken_off": N_("Brand removed"),
    "translations.changed": N_("Wording changed"),
    "translations.changed_many": N_("Many wordings changed at once"),
    "run.started": N_("Workflow started"),
    "run.done": N_("Workflow done"),
    "run.cancelled": N_("Workflow cancelled"),
    "run.undone": N_("Workflow undone"),
    "run.failed": N_("Workflow not finished"),
    "compliance.restored": N_("Backup restored; later entries are lost"),
    "key.rotated": N_("Key replaced"),
    "key.shredded": N_("Keys destroyed"),
})  # fmt: skip
