"""The workflows of branding, as everybody else may know them."""

from __future__ import annotations

from datetime import timedelta

from core.messages import messages_of
from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
from domain.branding.types import (
    Drawn,
    Finished,
    Illustrated,
    Publication,
    PublishInput,
    PublishResult,
    Sheet,
    TestMail,
    TestMailInput,
    TestMailResult,
)

N_ = messages_of("branding")

# --- branding.publish -------------------------------------------------------------------------------------------------

CHECK = Step(
    "check_brand",
    title=N_("Check colours and pictures"),
    takes=Publication,
    gives=type(None),
    undo=NothingToUndo("only reads"),
    timeout=timedelta(minutes=3),
)
DRAW = Step(
    "draw_pictures",
    title=N_("Create the logo and icons in every size"),
    takes=Publication,
    gives=Drawn,
    undo=Undo("branding.erase_pictures"),
    timeout=timedelta(minutes=3),
)
BUILD = Step(
    "build_sheet",
    title=N_("Build the style sheet"),
    takes=Illustrated,
    gives=Sheet,
    undo=NothingToUndo("only calculates"),
)
PUBLISH_VERSION = Step(
    "publish_version",
    title=N_("Publish it"),
    takes=Finished,
    gives=type(None),
    undo=Undo("branding.unpublish_version", lambda lost: Finished(lost.publication, (), Sheet(css="", digest=""))),
)
ANNOUNCE = Step(
    "announce_brand",
    title=N_("Update all open pages"),
    takes=Publication,
    gives=type(None),
    undo=NothingToUndo("taking the version back tells the pages as well"),
)

STORAGE_DOWN = Remedy(
    N_("The storage cannot be reached right now."),
    N_("What everyone sees is unchanged. Continue to try again, or cancel to undo everything."),
)
PICTURE_BROKEN = Remedy(
    N_("One of the pictures cannot be read: it is damaged or has too many pixels."),
    N_("What everyone sees is unchanged. Cancel, upload the picture again, and publish again."),
)

PUBLISH = Contract(
    name="branding.publish",
    title=N_("Publishing your brand"),
    icon="sparkle",
    input=PublishInput,
    result=PublishResult,
    steps=(CHECK, DRAW, BUILD, PUBLISH_VERSION, ANNOUNCE),
    outcomes={"published": Outcome(N_("Everyone sees it now"))},
    failures={
        "storage_unavailable": STORAGE_DOWN,
        "picture_broken": PICTURE_BROKEN,
        "contrast_fails": Remedy(
            N_("Two of the colours cannot be told apart well enough."),
            N_("What everyone sees is unchanged. Cancel, use the colour that is offered, and publish again."),
        ),
        "version_gone": Remedy(
            N_("The version that was published before is no longer there."),
            N_("Cancel to clean up, then publish again."),
        ),
        "sheet_too_large": Remedy(
            N_("The brand needs more style rules than fit into its sheet."),
            N_("What everyone sees is unchanged. Cancel, choose other fonts, and publish again."),
        ),
    },
)

# --- branding.test_mail -----------------------------------------------------------------------------------------------

SEND = Step(
    "send_mail",
    title=N_("Send the email"),
    takes=TestMail,
    gives=type(None),
    undo=NothingToUndo("a mail cannot be called back"),
    point_of_no_return=True,
)

TEST_MAIL = Contract(
    name="branding.test_mail",
    title=N_("Sending a test email to {address}"),
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Sending test emails"),
    icon="mail",
    input=TestMailInput,
    result=TestMailResult,
    steps=(SEND,),
    outcomes={"sent": Outcome(N_("Sent"))},
    cancel="never",
    failures={
        "mail_unavailable": Remedy(
            N_("The mail server cannot be reached right now, so the email has not been sent yet."),
            N_("Continue to try again."),
        ),
        "mail_refused": Remedy(
            N_("Your mail server isn’t accepting our email."),
            N_("Continue to try once more, or ask the platform’s operator for help."),
        ),
    },
)
