"""The workflows of translations, as everybody else may know them."""

from __future__ import annotations

from core.messages import messages_of
from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
from domain.translations.types import BatchInput, BatchRef, BatchResult, Checked

N_ = messages_of("translations")

READ = Step(
    "read",
    title=N_("Read what is to change"),
    takes=BatchRef,
    gives=type(None),
    undo=Undo("translations.discard"),
)
CHECK = Step(
    "check",
    title=N_("Check each text"),
    takes=BatchRef,
    gives=Checked,
    undo=NothingToUndo("what it finds goes with the batch when reading is undone"),
)
APPLY = Step(
    "apply",
    title=N_("Put the texts into force"),
    takes=BatchRef,
    gives=type(None),
    undo=Undo("translations.unapply"),
)
ANNOUNCE = Step(
    "announce",
    title=N_("Show them to everybody"),
    takes=BatchRef,
    gives=type(None),
    undo=NothingToUndo("pages read the texts that are in force; there is nothing else to call back"),
)

STEPS = (READ, CHECK, APPLY, ANNOUNCE)
OUTCOMES = {
    "applied": Outcome(N_("All texts are in force")),
    "partly": Outcome(N_("In force, but for the texts that could not be used"), "warning"),
    "nothing": Outcome(N_("Nothing had to be changed"), "warning"),
}
FAILURES = {
    "unreadable": Remedy(
        N_("The file cannot be read to its end."), N_("Cancel, correct the line, and choose the file again.")
    ),
    "another_language": Remedy(
        N_("The file is in another language than was chosen."), N_("Cancel, and choose its language.")
    ),
    "not_a_catalogue": Remedy(N_("The file is no catalogue."), N_("Cancel, and choose a .po file.")),
    "too_large": Remedy(N_("The file is too large."), N_("Cancel, and choose a smaller file.")),
    "not_applied": Remedy(
        N_("The changes that were made are not there any more."), N_("Cancel to clean up, then ask for them again.")
    ),
    "no_batch": Remedy(N_("What was to change is not there any more."), N_("Cancel: there is nothing to do.")),
}

IMPORT = Contract(
    name="translations.import",
    title=N_("Importing {name}"),
    icon="document",
    input=BatchInput,
    result=BatchResult,
    steps=STEPS,
    outcomes=OUTCOMES,
    failures=FAILURES,
)
REPLACE = Contract(
    name="translations.replace",
    title=N_("Replacing {name}"),
    icon="document",
    input=BatchInput,
    result=BatchResult,
    steps=STEPS,
    outcomes=OUTCOMES,
    failures=FAILURES,
)
TAKE_BACK = Contract(
    name="translations.take_back",
    title=N_("Taking back {name}"),
    icon="undo",
    input=BatchInput,
    result=BatchResult,
    steps=STEPS,
    outcomes=OUTCOMES,
    failures=FAILURES,
)
