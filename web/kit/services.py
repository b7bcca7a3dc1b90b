"""What routes work with: one :class:`Services` a process, built by ``entrypoints/web.py``."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from web.kit.refusals import Refusals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redis.asyncio import Redis

    from core.cache import Cache
    from core.db import Database
    from core.health import Health
    from core.i18n import Catalogues
    from core.identity import Identity
    from core.live import Hub
    from core.mail import Mailer
    from core.messages import Message
    from core.navigation import FirstStep, Navigation
    from core.notices import NoticeKind
    from core.runs.contract import AnyContract
    from core.runs.temporal import RunControl
    from core.settings import Settings
    from core.storage import Storage
    from core.theming import Themes
    from core.throttle import Throttle
    from core.wordings import Wordings
    from web.kit.kept import Kept
    from web.kit.static import StaticFiles
    from web.kit.templates import Templates


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of all routes. ``redis`` and ``temporal`` may be down at any time; pages cope.

    ``stream_identity`` resolves those who open streams, over database connections of its own: however many come back
    at the same time, pages have theirs.
    """

    settings: Settings
    db: Database
    identity: Identity
    stream_identity: Identity
    redis: Redis
    storage: Storage
    temporal: RunControl
    contracts: Mapping[str, AnyContract]
    notice_kinds: Mapping[str, NoticeKind]
    features: Mapping[str, Message]
    """What each feature of the product is called, whether this process runs it or not."""
    navigation: Navigation
    dashboard: tuple[str, ...]
    """The slots of a tenant's first page."""
    first_steps: tuple[FirstStep, ...]
    hub: Hub
    cache: Cache
    throttle: Throttle
    catalogues: Catalogues
    wordings: Wordings
    themes: Themes
    mailer: Mailer
    health: Health


@dataclass(frozen=True, slots=True)
class Kit:
    """What answers requests: the services, and what the kit itself made of the product's files at the start."""

    services: Services
    templates: Templates
    static: StaticFiles
    kept: Kept
    refusals: Refusals = field(default_factory=Refusals)


_kit: ContextVar[Kit] = ContextVar("kit")


def current_kit() -> Kit:
    """Return the kit of the app that is answering; raises ``LookupError`` outside of one."""
    return _kit.get()


def services() -> Services:
    """Return the services of the app that is answering; raises ``LookupError`` outside of one."""
    return _kit.get().services


def static_url(name: str) -> str:
    """Return the address of a file of the pages; it changes whenever the content does."""
    return _kit.get().static.url(name)


@contextmanager
def serving(kit: Kit) -> Iterator[None]:
    """Make ``kit`` the one of everything that runs within the block."""
    token = _kit.set(kit)
    try:
        yield
    finally:
        _kit.reset(token)
