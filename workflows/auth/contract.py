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
SEND_LINK = Step("send_link", title=N_("Send the confirmation mail"), takes=LinkMail, gives=type(None), undo=LINK_DIES)
CLICK = Step(
    "await_click",
    title=N_("Wait for your click in the mail"),
    takes=type(None),
    gives=type(None),
    undo=NothingToUndo("only waits"),
    waits=True,
)
REMIND = Step("remind", title=N_("Remind you, if need be"), takes=LinkMail, gives=type(None), undo=LINK_DIES)
ACTIVATE = Step(
    "activate",
    title=N_("Open your account"),
    takes=AccountRef,
    gives=Activated,
    undo=NothingToUndo("an open account is closed by its owner, not by an undo"),
    point_of_no_return=True,
)
EXPIRE = Step(
    "expire",
    title=N_("Clean up, if nobody clicks in time"),
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
        "registered": Outcome(N_("Your account is open")),
        "expired": Outcome(
            N_("The link was not used within 24 hours, and nothing was kept. Register again."), "warning"
        ),
        "taken": Outcome(N_("This address has an account already. Sign in with it."), "warning"),
    },
    failures={
        "mail_refused": Remedy(
            N_("The mail server of your address does not take our mail."),
            N_("Check the address. Cancel and register again with the right one, or continue to try once more."),
        ),
        "mail_unavailable": Remedy(
            N_("Our mail server cannot be reached right now, so the mail is not sent yet."),
            N_("Your entries are kept. Continue to try again, or cancel to remove them."),
        ),
        "link_invalid": Remedy(
            N_("The account that was waiting is not there any more."), N_("Cancel to clean up, then register again.")
        ),
    },
)
