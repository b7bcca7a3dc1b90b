"""How a workspace makes the product look like its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of
from core.navigation import Page
from domain.branding.permissions import CHANGE, PERMISSIONS
from domain.branding.unsettled import UNSETTLED
from entrypoints.manifest import Feature
from workflows.branding.contract import PUBLISH, TEST_MAIL

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("branding")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.branding.publish import Publish
    from workflows.branding.sample_mail import SendTestMail

    return (Publish, SendTestMail)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.branding.mailing import SampleMailActivities
    from activities.branding.publishing import PublishingActivities
    from core.identity.hosts import Hosts

    return (
        PublishingActivities(given.db, given.storage, lenient=given.settings.environment == "development"),
        SampleMailActivities(given.db, given.mailer, Hosts.of(given.settings)),
    )


PAGES = (
    Page(
        menu="workspace",
        # Translators: A page of the settings, in a row of tabs: one word or two.
        title=N_("Brand"),
        path="/admin/branding",
        icon="sparkle",
        order=40,
        permission=CHANGE,
    ),
)
FEATURE = Feature(
    name="branding",
    title=N_("Brand"),
    workflows=workflows,
    activities=activities,
    contracts=(PUBLISH, TEST_MAIL),
    unsettled=UNSETTLED,
    permissions=PERMISSIONS,
    pages=PAGES,
    decodes_files=True,
)
