"""What the activities of all features are built with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
