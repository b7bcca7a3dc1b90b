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
    title=N_("Apply the texts"),
    takes=BatchRef,
    gives=type(None),
    undo=Undo("translations.unapply"),
)
ANNOUNCE = Step(
    "announce",
    title=N_("Show them to everyone"),
    takes=BatchRef,
    gives=type(None),
    undo=NothingToUndo("pages read the texts that are in force; there is nothing else to call back"),
)

STEPS = (READ, CHECK, APPLY, ANNOUNCE)
OUTCOMES = {
    "applied": Outcome(N_("All texts are applied")),
    "partly": Outcome(N_("Applied, except for the texts that could not be used"), "warning"),
    "nothing": Outcome(N_("No changes needed"), "warning"),
}
FAILURES = {
    "unreadable": Remedy(
        N_("The file cannot be read to its end."), N_("Cancel, correct the line, and choose the file again.")
    ),
    "another_language": Remedy(
        N_("The file is in another language than was chosen."), N_("Cancel, and choose its language.")
    ),
    "not_a_catalogue": Remedy(N_("This file isn’t a translation file (.po)."), N_("Cancel, and choose a .po file.")),
    "too_large": Remedy(N_("The file is too large."), N_("Cancel, and choose a smaller file.")),
    "not_applied": Remedy(
        N_("The changes that were made are no longer there."), N_("Cancel to clean up, then ask for them again.")
    ),
    "no_batch": Remedy(N_("What was to change is no longer there."), N_("Cancel: you don’t need to do anything.")),
}

IMPORT = Contract(
    name="translations.import",
    title=N_("Importing {name}"),
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Importing texts"),
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
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Replacing texts"),
    icon="document",
    input=BatchInput,
    result=BatchResult,
    steps=STEPS,
    outcomes=OUTCOMES,
    failures=FAILURES,
)
TAKE_BACK = Contract(
    name="translations.take_back",
    title=N_("Undoing {name}"),
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Undoing changed texts"),
    icon="undo",
    input=BatchInput,
    result=BatchResult,
    steps=STEPS,
    outcomes=OUTCOMES,
    failures=FAILURES,
)
