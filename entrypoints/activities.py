"""The activities of each feature, given what they work with."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from activities.auth.registration import RegistrationActivities
from activities.branding.mailing import SampleMailActivities
from activities.branding.publishing import PublishingActivities
from activities.files.receiving import ReceivingActivities
from activities.files.recognition import RecognitionActivities
from activities.files.removal import RemovalActivities
from activities.files.rendering import RenderingActivities
from activities.files.scanners import scanner_for
from activities.files.scanning import ScanningActivities
from activities.files.settling import SettlingActivities
from activities.files.tidying import TidyingActivities
from activities.notifications.collecting import CollectingActivities
from activities.notifications.mailing import MailingActivities
from activities.notifications.tidying import TidyingNoticesActivities
from activities.runs.anchoring import AnchoringActivities
from activities.runs.recording import RecordingActivities
from activities.runs.sweeping import SweepActivities
from activities.tenants.provisioning import ProvisioningActivities
from activities.translations.batches import BatchActivities
from core.anchors.key import open_signer
from core.anchors.outside import Outside
from core.identity import Sessions
from core.identity.hosts import Hosts
from core.runs.settling import Settling
from core.runs.sweep import Sweeper
from core.settings import ROOT
from domain.auth.sealing import Sealer
from domain.translations.product import ProductTexts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from temporalio.client import Client

    from activities.files.drawing.studio import Studio
    from core.db import Database
    from core.i18n import Catalogues
    from core.keys.ring import KeyRing
    from core.mail import Mailer
    from core.notices import NoticeKind
    from core.runs.contract import AnyContract
    from core.runs.dispatch import FactTransport
    from core.runs.recorder import Recorder
    from core.runs.settling import NothingUnsettled, Unsettled
    from core.settings import Settings
    from core.storage import Storage


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What activities are built with, one of each a process."""

    settings: Settings
    db: Database
    storage: Storage
    catalogues: Catalogues
    mailer: Mailer
    client: Client
    ring: KeyRing
    studio: Studio
    transport: FactTransport
    recorder: Recorder
    contracts: Mapping[str, AnyContract]
    notice_kinds: Mapping[str, NoticeKind]
    unsettled: Sequence[Unsettled | NothingUnsettled]


def activities(feature: str, given: Collaborators) -> list[Callable[..., Any]]:
    """Return the bound activities of a feature's task queue, the kit's own included."""
    instances = [*BUILDERS[feature](given), RecordingActivities(given.recorder)]
    return [method for instance in instances for method in activities_of(instance)]


def activities_of(instance: object) -> Iterable[Callable[..., Any]]:
    """Return the methods of an instance that are defined as activities."""
    for _, method in inspect.getmembers(instance, inspect.ismethod):
        if hasattr(method, "__temporal_activity_definition"):
            yield method


def _auth(given: Collaborators) -> list[object]:
    sealer = Sealer(given.settings.secret_key)
    return [
        RegistrationActivities(given.db, given.mailer, Sessions(given.db), sealer, given.settings.base_url),
    ]


def _tenants(given: Collaborators) -> list[object]:
    return [ProvisioningActivities(given.db, given.storage, given.mailer, Hosts.of(given.settings))]


def _files(given: Collaborators) -> list[object]:
    return [
        ReceivingActivities(given.db, given.storage),
        RecognitionActivities(given.db, given.storage, given.studio),
        RemovalActivities(given.db, given.storage),
        RenderingActivities(given.storage, given.studio),
        ScanningActivities(given.storage, scanner_for(given.settings.clamd_url)),
        SettlingActivities(given.db, given.storage),
        TidyingActivities(given.db, given.storage),
    ]


def _branding(given: Collaborators) -> list[object]:
    return [
        PublishingActivities(given.db, given.storage, lenient=given.settings.environment == "development"),
        SampleMailActivities(given.db, given.mailer, Hosts.of(given.settings)),
    ]


def _runs(given: Collaborators) -> list[object]:
    settling = Settling(given.db, given.unsettled)
    signer = open_signer(given.settings)
    outside = Outside.of(given.settings, signer.verifier)
    return [
        AnchoringActivities(given.db, outside, signer),
        SweepActivities(
            Sweeper(given.db, given.client, given.transport, given.contracts, given.ring, settling=settling)
        ),
    ]


def _notifications(given: Collaborators) -> list[object]:
    return [
        CollectingActivities(given.db, given.notice_kinds),
        MailingActivities(given.db, given.mailer, Hosts.of(given.settings)),
        TidyingNoticesActivities(given.db),
    ]


def _translations(given: Collaborators) -> list[object]:
    return [BatchActivities(given.db, ProductTexts(given.catalogues, ROOT / "locales"))]


BUILDERS: Mapping[str, Callable[[Collaborators], list[object]]] = MappingProxyType({
    "auth": _auth,
    "tenants": _tenants,
    "files": _files,
    "branding": _branding,
    "runs": _runs,
    "notifications": _notifications,
    "users": lambda _: [],
    "translations": _translations,
})  # fmt: skip
