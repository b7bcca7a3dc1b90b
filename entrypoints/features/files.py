"""Files: received, looked at, kept and removed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.messages import messages_of
from core.navigation import FirstStep, Page
from domain.files.permissions import PERMISSIONS, SET_RULES, UPLOAD, VIEW
from domain.files.types import TidyInput
from domain.files.unsettled import UNSETTLED
from entrypoints.manifest import Feature, Scheduled
from workflows.files.contract import INGEST, REMOVE, TIDY

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("files")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.files.ingest import Ingest
    from workflows.files.remove import Remove
    from workflows.files.tidy import Tidy

    return (Ingest, Remove, Tidy)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.files.receiving import ReceivingActivities
    from activities.files.recognition import RecognitionActivities
    from activities.files.removal import RemovalActivities
    from activities.files.rendering import RenderingActivities
    from activities.files.scanners import scanner_for
    from activities.files.scanning import ScanningActivities
    from activities.files.settling import SettlingActivities
    from activities.files.tidying import TidyingActivities

    return (
        ReceivingActivities(given.db, given.storage),
        RecognitionActivities(given.db, given.storage, given.studio),
        RemovalActivities(given.db, given.storage),
        RenderingActivities(given.storage, given.studio),
        ScanningActivities(given.storage, scanner_for(given.settings.clamd_url)),
        SettlingActivities(given.db, given.storage),
        TidyingActivities(given.db, given.storage),
    )


PAGES = (
    Page(
        menu="begin",
        # Translators: A button.
        title=N_("Upload files"),
        path="/files",
        icon="upload",
        order=10,
        permission=UPLOAD,
        shortcut="u,n",
    ),
    Page(
        menu="main",
        # Translators: A page, in the main menu: one word or two.
        title=N_("Files"),
        path="/files",
        icon="file",
        order=20,
        permission=VIEW,
        shortcut="g f",
    ),
    Page(
        menu="workspace",
        title=N_("Files"),
        # Translators: A page, in the list that search opens.
        found_as=N_("Rules for files"),
        path="/admin/files",
        icon="file",
        order=50,
        permission=SET_RULES,
    ),
)
SCHEDULES = (
    Scheduled(
        "tidy-uploads", TIDY.name, timedelta(minutes=5), TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID, objects=False)
    ),
    Scheduled("tidy", TIDY.name, timedelta(hours=1), TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID)),
)
FEATURE = Feature(
    name="files",
    title=N_("Files"),
    workflows=workflows,
    activities=activities,
    contracts=(INGEST, REMOVE, TIDY),
    schedules=SCHEDULES,
    unsettled=UNSETTLED,
    permissions=PERMISSIONS,
    pages=PAGES,
    dashboard=("files.recent",),
    first_steps=(FirstStep(N_("Upload a first file and watch it being prepared"), "/files", INGEST.name),),
    decodes_files=True,
)
