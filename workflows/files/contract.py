"""The workflows of files, as everybody else may know them."""

from __future__ import annotations

from datetime import timedelta

from core.messages import messages_of
from core.runs.contract import Contract, NothingToUndo, Outcome, Remedy, Step, Undo
from domain.files.types import (
    Facts,
    FileRef,
    Findings,
    Identified,
    IngestInput,
    IngestResult,
    KnownFile,
    Received,
    RemoveInput,
    RemoveResult,
    Rendered,
    Scanned,
    Swept,
    TidyInput,
    TidyResult,
)

N_ = messages_of("files")

WITH_ITS_FILE = NothingToUndo("what it writes goes with the file when the upload is undone")
ONLY_READS = NothingToUndo("only reads")


def _findings(lost: IngestInput) -> Findings:
    return Findings(lost.tenant_id, lost.file_id, "ready", "")


def _known(lost: IngestInput) -> KnownFile:
    return KnownFile(lost.tenant_id, lost.file_id, "")


# --- files.ingest -----------------------------------------------------------------------------------------------------

RECEIVE = Step("receive", title=N_("Receive the file"), takes=FileRef, gives=Received, undo=Undo("files.unreceive"))
IDENTIFY = Step("identify", title=N_("Recognise its kind"), takes=FileRef, gives=Identified, undo=ONLY_READS)
SCAN = Step(
    "scan",
    title=N_("Scan for viruses"),
    takes=FileRef,
    gives=Scanned,
    undo=ONLY_READS,
    timeout=timedelta(minutes=15),
)
THUMBNAIL = Step(
    "thumbnail",
    title=N_("Create a thumbnail"),
    takes=KnownFile,
    gives=Rendered,
    undo=Undo("files.unthumbnail", _known),
    timeout=timedelta(minutes=5),
)
PREVIEW = Step(
    "preview",
    title=N_("Create a preview"),
    takes=KnownFile,
    gives=Rendered,
    undo=Undo("files.unpreview", _known),
    timeout=timedelta(minutes=5),
)
METADATA = Step(
    "metadata",
    title=N_("Read its details"),
    takes=KnownFile,
    gives=Facts,
    undo=ONLY_READS,
    timeout=timedelta(minutes=5),
)
QUOTA = Step(
    "quota",
    title=N_("Count its space"),
    takes=Findings,
    gives=type(None),
    undo=Undo("files.unquota", _findings),
)
INDEX = Step(
    "index",
    title=N_("Add it to the list"),
    takes=Findings,
    gives=type(None),
    undo=Undo("files.unindex", _findings),
)
ANNOUNCE = Step("announce", title=N_("Show it to everyone"), takes=FileRef, gives=type(None), undo=WITH_ITS_FILE)

INGEST = Contract(
    name="files.ingest",
    title=N_("Preparing {name}"),
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Preparing files"),
    icon="file",
    # Translators: The title of several files that were uploaded at once.
    many=N_("{count} file", "{count} files", count=0),
    # Translators: How many of the files, in a list after the title.
    many_done=N_("{count} ready", "{count} ready", count=0),
    many_apart=(
        # Translators: How many of the files are saved, but closed: nobody could look inside. In a list after the title.
        N_("{count} closed", "{count} closed", count=0),
        # Translators: How many of the files are ready, and how many saved, but closed. Beneath their title.
        N_("{done} done, {count} closed", "{done} done, {count} closed", done=0, count=0),
    ),
    input=IngestInput,
    result=IngestResult,
    steps=(RECEIVE, IDENTIFY, SCAN, THUMBNAIL, PREVIEW, METADATA, QUOTA, INDEX, ANNOUNCE),
    outcomes={
        "ready": Outcome(N_("Ready", context="a workflow")),
        "sealed": Outcome(N_("Saved, but closed: the scanner could not look inside."), "warning", told_apart=True),
        "infected": Outcome(N_("Blocked: the scanner found harmful content. Its contents were deleted."), "danger"),
        "unsupported": Outcome(N_("This workspace doesn’t accept this kind of file. Nothing was saved."), "warning"),
        # Runs of earlier versions ended with these two; such a file is saved now.
        "unscannable": Outcome(
            N_(
                "Blocked: the scanner could not look inside. Its contents were deleted. Try an unencrypted or "
                "smaller file."
            ),
            "warning",
        ),
        "broken": Outcome(
            N_(
                "Blocked: the file is damaged and cannot be read. Its contents were deleted. Export it again and "
                "upload that."
            ),
            "warning",
        ),
    },
    failures={
        "scanner_unavailable": Remedy(
            N_("The virus scanner cannot be reached, so the file can’t be opened yet."),
            N_("We keep trying for ten minutes. After that, continue once the scanner is back, or cancel."),
        ),
        "not_found": Remedy(
            N_("The uploaded bytes are no longer in storage."), N_("Cancel to clean up, then upload the file again.")
        ),
    },
)

# --- files.remove -----------------------------------------------------------------------------------------------------

TIME_TO_THINK_AGAIN = timedelta(seconds=30)

TRASH = Step("trash", title=N_("Move it to the trash"), takes=FileRef, gives=type(None), undo=Undo("files.untrash"))
GRACE = Step(
    "grace",
    title=N_("Wait, in case you want it back"),
    takes=type(None),
    gives=type(None),
    undo=NothingToUndo("only waits"),
    waits=True,
)
ERASE = Step(
    "erase",
    title=N_("Erase it"),
    takes=FileRef,
    gives=type(None),
    undo=NothingToUndo("erased bytes do not come back"),
    point_of_no_return=True,
)

REMOVE = Contract(
    name="files.remove",
    title=N_("Deleting {name}"),
    # Translators: A kind of workflow, in a list of kinds and above several of it.
    kind=N_("Deleting files"),
    icon="trash",
    input=RemoveInput,
    result=RemoveResult,
    steps=(TRASH, GRACE, ERASE),
    outcomes={"removed": Outcome(N_("Deleted"))},
    quiet=True,
    failures={
        "in_work": Remedy(
            N_("The file is being prepared again, so it is not deleted."),
            N_("Continue when its preparation has ended, or cancel to keep the file."),
        ),
        "not_found": Remedy(N_("The file is no longer there."), N_("Cancel: there is nothing left to delete.")),
    },
)

# --- files.tidy -------------------------------------------------------------------------------------------------------

SWEEP_UPLOADS = Step(
    "sweep_uploads",
    title=N_("Delete incomplete uploads"),
    takes=TidyInput,
    gives=Swept,
    undo=NothingToUndo("nobody could reach what it removes"),
    timeout=timedelta(minutes=10),
)
SWEEP_OBJECTS = Step(
    "sweep_objects",
    title=N_("Delete data without a file"),
    takes=TidyInput,
    gives=Swept,
    undo=NothingToUndo("nobody could reach what it removes"),
    timeout=timedelta(minutes=30),
)

TIDY = Contract(
    name="files.tidy",
    title=N_("Cleaning up storage"),
    icon="file",
    input=TidyInput,
    result=TidyResult,
    steps=(SWEEP_UPLOADS, SWEEP_OBJECTS),
    outcomes={"tidied": Outcome(N_("Cleaned up"))},
    cancel="never",
)
