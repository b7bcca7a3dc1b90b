"""The workflow of auth, as everybody else may know it."""

from __future__ import annotations

from core.messages import messages_of
from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
from domain.auth.types import AccountRef, Activated, LinkMail, NewAccount, RegisterInput, RegisterResult

N_ = messages_of("auth")

LINK_DIES = NothingToUndo("a mail cannot be called back, but its link dies with the pending account")

CREATE = Step(
    "create_account",
    title=N_("Prepare your account"),
    takes=NewAccount,
    gives=type(None),
    undo=Undo("auth.remove_account", lambda lost: NewAccount(lost.actor_id, lost.application, lost.locale)),
)
SEND_LINK = Step("send_link", title=N_("Send the confirmation email"), takes=LinkMail, gives=type(None), undo=LINK_DIES)
CLICK = Step(
    "await_click",
    title=N_("Wait for you to confirm by email"),
    takes=type(None),
    gives=type(None),
    undo=NothingToUndo("only waits"),
    waits=True,
)
REMIND = Step("remind", title=N_("Remind you if needed"), takes=LinkMail, gives=type(None), undo=LINK_DIES)
ACTIVATE = Step(
    "activate",
    title=N_("Activate your account"),
    takes=AccountRef,
    gives=Activated,
    undo=NothingToUndo("an open account is closed by its owner, not by an undo"),
    point_of_no_return=True,
)
EXPIRE = Step(
    "expire",
    title=N_("Clean up if nobody confirms in time"),
    takes=AccountRef,
    gives=type(None),
    undo=NothingToUndo("it removes what undoing would remove"),
)

REGISTER = Contract(
    name="auth.register",
    title=N_("Creating your account"),
    icon="account",
    input=RegisterInput,
    result=RegisterResult,
    steps=(CREATE, SEND_LINK, CLICK, REMIND, ACTIVATE, EXPIRE),
    outcomes={
        "registered": Outcome(N_("Your account is active")),
        "expired": Outcome(
            N_("The link wasn’t used within 24 hours, so nothing was saved. Create your account again."), "warning"
        ),
        "taken": Outcome(N_("This address already has an account. Log in with it."), "warning"),
    },
    failures={
        "mail_refused": Remedy(
            N_("Your mail server isn’t accepting our email."),
            N_("Check the address. Cancel and create your account with the right one, or continue to try once more."),
        ),
        "mail_unavailable": Remedy(
            N_("Our mail server cannot be reached right now, so the email has not been sent yet."),
            N_("What you entered is saved. Continue to try again, or cancel to delete it."),
        ),
        "link_invalid": Remedy(
            N_("The account that was waiting is no longer there."),
            N_("Cancel to clean up, then create your account again."),
        ),
    },
)
