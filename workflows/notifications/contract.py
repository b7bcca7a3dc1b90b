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

COLLECT = "notifications.collect"
COLLECT_EVERY = timedelta(seconds=10)
"""The regular look at what people were told: engineers alone see it, and it is no run of anybody."""

COLLECT_WITHIN = timedelta(minutes=5)
"""A tenant's data may be erased just before a mail of it begins: that look can never go on, the next one can."""

# --- notifications.mail -----------------------------------------------------------------------------------------------

GATHER = Step(
    "gather",
    title=N_("Collect new notifications"),
    takes=MailInput,
    gives=type(None),
    undo=Undo("notifications.drop"),
)
WAIT = Step(
    "wait",
    title=N_("Wait to see if it gets read"),
    takes=type(None),
    gives=type(None),
    undo=NothingToUndo("only waits"),
    waits=True,
)
SEND = Step(
    "send",
    title=N_("Send the email"),
    takes=MailInput,
    gives=MailResult,
    undo=NothingToUndo("a mail cannot be called back"),
    point_of_no_return=True,
    # An hour, at ten seconds apart: nobody sees a card of this, so nobody would continue it.
    patience=360,
)

MAIL = Contract(
    name="notifications.mail",
    title=N_("Emailing unread notifications"),
    icon="mail",
    input=MailInput,
    result=MailResult,
    steps=(GATHER, WAIT, SEND),
    outcomes={
        "sent": Outcome(N_("Sent")),
        "read": Outcome(N_("Not needed: everything was read")),
        "unreachable": Outcome(N_("The person cannot be reached by email"), "warning"),
    },
    failures={
        "mail_unavailable": Remedy(
            N_("The mail server could not be reached for an hour."),
            N_("Continue to try again, or cancel: the notifications stay in ADX."),
        ),
        "mail_refused": Remedy(
            N_("The recipient’s mail server isn’t accepting our email."),
            N_("Cancel: the notifications stay in ADX."),
        ),
    },
)

# --- notifications.tidy -----------------------------------------------------------------------------------------------

SWEEP_OLD = Step(
    "sweep_old",
    title=N_("Delete old notifications"),
    takes=TidyNoticesInput,
    gives=NoticesSwept,
    undo=NothingToUndo("what it removes was read long ago"),
    timeout=timedelta(minutes=10),
)

TIDY = Contract(
    name="notifications.tidy",
    title=N_("Cleaning up notifications"),
    icon="bell",
    input=TidyNoticesInput,
    result=TidyNoticesResult,
    steps=(SWEEP_OLD,),
    outcomes={"tidied": Outcome(N_("Cleaned up"))},
    cancel="never",
)
