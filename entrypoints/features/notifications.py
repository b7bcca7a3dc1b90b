"""What people are told, by the bell and by email."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.messages import messages_of
from core.navigation import Page
from domain.notifications.types import TidyNoticesInput
from domain.notifications.unsettled import UNSETTLED
from entrypoints.manifest import Feature, Scheduled
from workflows.notifications.contract import COLLECT, COLLECT_EVERY, COLLECT_WITHIN, MAIL, TIDY

if TYPE_CHECKING:
    from entrypoints.collaborators import Collaborators

N_ = messages_of("notifications")


def workflows() -> tuple[type, ...]:
    """Return what runs on the task queue."""
    from workflows.notifications.collect import Collect
    from workflows.notifications.mail import Mail
    from workflows.notifications.tidy import TidyNotices

    return (Collect, Mail, TidyNotices)


def activities(given: Collaborators) -> tuple[object, ...]:
    """Return what its workflows call, with what it works with."""
    from activities.notifications.collecting import CollectingActivities
    from activities.notifications.mailing import MailingActivities
    from activities.notifications.tidying import TidyingNoticesActivities
    from core.identity.hosts import Hosts

    return (
        CollectingActivities(given.db, given.notice_kinds),
        MailingActivities(given.db, given.mailer, Hosts.of(given.settings)),
        TidyingNoticesActivities(given.db),
    )


PAGES = (
    Page(
        menu="personal",
        # Translators: A page of the settings, in a row of tabs: one word or two.
        title=N_("Notifications"),
        path="/preferences/notifications",
        icon="bell",
        order=20,
    ),
)
SCHEDULES = (
    Scheduled("collect-notices", COLLECT, COLLECT_EVERY, within=COLLECT_WITHIN),
    Scheduled("tidy-notices", TIDY.name, timedelta(hours=6), TidyNoticesInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID)),
)
FEATURE = Feature(
    name="notifications",
    title=N_("Notifications"),
    workflows=workflows,
    activities=activities,
    contracts=(MAIL, TIDY),
    schedules=SCHEDULES,
    unsettled=UNSETTLED,
    pages=PAGES,
)
