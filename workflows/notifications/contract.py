"""The workflows of notifications, as others may know them. Nobody starts them by hand, and no card shows them."""

from __future__ import annotations

from datetime import timedelta

from core.messages import messages_of
from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
from domain.notifications.types import (
    MailInput,
    MailResult,
    NoticesSwept,
    TidyNoticesInput,
    TidyNoticesResult,
)

N_ = messages_of("notifications")

# --- notifications.mail -----------------------------------------------------------------------------------------------

GATHER = Step(
    "gather",
    title=N_("Gather what is new"),
    takes=MailInput,
    gives=type(None),
    undo=Undo("notifications.drop"),
)
WAIT = Step(
    "wait",
    title=N_("Wait whether it is read"),
    takes=type(None),
    gives=type(None),
    undo=NothingToUndo("only waits"),
    waits=True,
)
SEND = Step(
    "send",
    title=N_("Send the mail"),
    takes=MailInput,
    gives=MailResult,
    undo=NothingToUndo("a mail cannot be called back"),
    point_of_no_return=True,
    # An hour, at ten seconds apart: nobody sees a card of this, so nobody would continue it.
    patience=360,
)

MAIL = Contract(
    name="notifications.mail",
    title=N_("Mailing what is unread"),
    icon="mail",
    input=MailInput,
    result=MailResult,
    steps=(GATHER, WAIT, SEND),
    outcomes={
        "sent": Outcome(N_("Sent")),
        "read": Outcome(N_("Not needed: everything was read")),
        "unreachable": Outcome(N_("The person cannot be reached by mail"), "warning"),
    },
    failures={
        "mail_unavailable": Remedy(
            N_("The mail server could not be reached for an hour."),
            N_("Continue to try again, or cancel: the notifications stay in the product."),
        ),
        "mail_refused": Remedy(
            N_("The mail server of the address does not take our mail."),
            N_("Cancel: the notifications stay in the product."),
        ),
    },
)

# --- notifications.tidy -----------------------------------------------------------------------------------------------

SWEEP_OLD = Step(
    "sweep_old",
    title=N_("Remove old notifications"),
    takes=TidyNoticesInput,
    gives=NoticesSwept,
    undo=NothingToUndo("what it removes was read long ago"),
    timeout=timedelta(minutes=10),
)

TIDY = Contract(
    name="notifications.tidy",
    title=N_("Tidying the notifications"),
    icon="bell",
    input=TidyNoticesInput,
    result=TidyNoticesResult,
    steps=(SWEEP_OLD,),
    outcomes={"tidied": Outcome(N_("Tidied"))},
    cancel="never",
)
