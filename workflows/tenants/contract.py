"""The workflow of tenants, as everybody else may know it."""

from __future__ import annotations

from core.messages import messages_of
from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
from domain.tenants.types import NewTenant, ProvisionInput, ProvisionResult

N_ = messages_of("tenants")

RESERVE = Step(
    "reserve_slug",
    title=N_("Reserve the address"),
    takes=NewTenant,
    gives=type(None),
    undo=Undo("tenants.release_slug"),
)
CREATE = Step(
    "create_tenant",
    title=N_("Create the workspace"),
    takes=NewTenant,
    gives=type(None),
    undo=Undo("tenants.remove_tenant"),
)
PERMISSIONS = Step(
    "set_up_permissions",
    title=N_("Make you its owner"),
    takes=NewTenant,
    gives=type(None),
    undo=Undo("tenants.remove_permissions"),
)
STORAGE = Step(
    "prepare_storage",
    title=N_("Prepare its storage"),
    takes=NewTenant,
    gives=type(None),
    undo=Undo("tenants.clear_storage"),
)
QUOTA = Step(
    "grant_quota", title=N_("Set its limits"), takes=NewTenant, gives=type(None), undo=Undo("tenants.revoke_quota")
)
WELCOME = Step(
    "send_welcome",
    title=N_("Send the welcome email"),
    takes=NewTenant,
    gives=type(None),
    undo=NothingToUndo("a mail cannot be called back, so it goes out when all the rest is in place"),
    point_of_no_return=True,
)
READY = Step(
    "open_tenant",
    title=N_("Make it available"),
    takes=NewTenant,
    gives=type(None),
    undo=NothingToUndo("an open workspace is closed by its owner, not by an undo"),
    point_of_no_return=True,
)

PROVISION = Contract(
    name="tenants.provision",
    title=N_("Creating {name}"),
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Creating workspaces"),
    icon="tenant",
    input=ProvisionInput,
    result=ProvisionResult,
    steps=(RESERVE, CREATE, PERMISSIONS, STORAGE, QUOTA, WELCOME, READY),
    outcomes={"ready": Outcome(N_("Ready to be used"))},
    failures={
        "slug_taken": Remedy(
            N_("Someone else has just taken this address."),
            N_("Cancel, which undoes what was done, and choose another address."),
        ),
        "tenant_gone": Remedy(
            N_("What was built of this workspace before is no longer there."),
            N_(
                "Cancel to clean up, then create it again. If it cannot be cancelled, ask the platform’s operator "
                "for help."
            ),
        ),
        "storage_unavailable": Remedy(
            N_("The storage cannot be reached right now."),
            N_("What was done is kept. Continue to try again, or cancel to undo everything."),
        ),
        "mail_unavailable": Remedy(
            N_("Our mail server cannot be reached right now, so the welcome email has not been sent yet."),
            N_("Everything else is in place. Continue to try again."),
        ),
        "mail_refused": Remedy(
            N_("Your mail server isn’t accepting our email."),
            N_("Everything else is in place. Continue to try once more, or ask the platform’s operator for help."),
        ),
    },
)
