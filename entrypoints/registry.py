"""The features and their workflows. A new one is added here, and what its activities need in ``activities.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.notices import RUN_KINDS
from domain.auth import unsettled as auth_rows
from domain.branding import unsettled as branding_rows
from domain.files import unsettled as files_rows
from domain.files.types import TidyInput
from domain.notifications import unsettled as notifications_rows
from domain.notifications.types import TidyNoticesInput
from domain.tenants import unsettled as tenants_rows
from domain.tenants.notices import NEWS
from domain.translations import unsettled as translations_rows
from workflows.auth.register import Register
from workflows.branding.publish import Publish
from workflows.branding.sample_mail import SendTestMail
from workflows.files.ingest import Ingest
from workflows.files.remove import Remove
from workflows.files.tidy import Tidy
from workflows.kit.run import DurableRun
from workflows.notifications.collect import COLLECT, COLLECT_EVERY, COLLECT_WITHIN, Collect
from workflows.notifications.mail import Mail
from workflows.notifications.tidy import TidyNotices
from workflows.runs.anchor import ANCHOR, ANCHOR_EVERY, Anchor
from workflows.runs.sweep import EVERY, SWEEP, Sweep
from workflows.tenants.provision import Provision
from workflows.translations.batches import Import, Replace, TakeBack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.notices import NoticeKind
    from core.runs.contract import AnyContract
    from core.runs.settling import NothingUnsettled, Unsettled

WORKFLOWS: Mapping[str, tuple[type, ...]] = MappingProxyType({
    "auth": (Register,),
    "tenants": (Provision,),
    "files": (Ingest, Remove, Tidy),
    "branding": (Publish, SendTestMail),
    "runs": (Anchor, Sweep),
    "notifications": (Collect, Mail, TidyNotices),
    "users": (),
    "translations": (Import, Replace, TakeBack),
})  # fmt: skip
"""The workflows that run on each feature's task queue; a feature without any has an empty tuple."""

FEATURES = tuple(WORKFLOWS)
"""The features that are built so far; each has its pages, its task queue and its role in the database."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A workflow that Temporal starts by the clock; one that still runs is not started again.

    One that gets no further is ended ``within`` a time, where that is said, so that the next can begin.
    """

    id: str
    workflow: str
    feature: str
    every: timedelta
    argument: object | None = None
    within: timedelta | None = None


SCHEDULES = (
    Scheduled("sweep", SWEEP, "runs", EVERY),
    Scheduled("anchor", ANCHOR, "runs", ANCHOR_EVERY),
    Scheduled(
        "tidy-uploads",
        Tidy.contract.name,
        "files",
        timedelta(minutes=5),
        TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID, objects=False),
    ),
    Scheduled("tidy", Tidy.contract.name, "files", timedelta(hours=1), TidyInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID)),
    Scheduled("collect-notices", COLLECT, "notifications", COLLECT_EVERY, within=COLLECT_WITHIN),
    Scheduled(
        "tidy-notices",
        TidyNotices.contract.name,
        "notifications",
        timedelta(hours=6),
        TidyNoticesInput(HOME_TENANT_ID, SYSTEM_ACTOR_ID),
    ),
)

NOTICE_KINDS = (*RUN_KINDS, NEWS)
"""What people may be told, in the order of the page of preferences. A feature's kinds stand in its domain."""


def contracts() -> Mapping[str, AnyContract]:
    """Return every contract by its name: of each workflow that is a run, its own."""
    runs = (cls.contract for classes in WORKFLOWS.values() for cls in classes if issubclass(cls, DurableRun))
    return MappingProxyType({contract.name: contract for contract in runs})


def queues() -> tuple[str, ...]:
    """Return the task queues that have to be worked on: those of features with workflows."""
    return tuple(feature for feature, classes in WORKFLOWS.items() if classes)


def unsettled() -> tuple[Unsettled | NothingUnsettled, ...]:
    """Return what each feature says of its rows that wait for a run; every contract is named by one of them."""
    return (
        *auth_rows.UNSETTLED,
        *branding_rows.UNSETTLED,
        *files_rows.UNSETTLED,
        *notifications_rows.UNSETTLED,
        *tenants_rows.UNSETTLED,
        *translations_rows.UNSETTLED,
    )


def notice_kinds() -> Mapping[str, NoticeKind]:
    """Return every kind of notice by its name."""
    return MappingProxyType({kind.name: kind for kind in NOTICE_KINDS})


def workflows(feature: str) -> tuple[type, ...]:
    """Return the workflow classes that run on the feature's task queue."""
    return WORKFLOWS[feature]
