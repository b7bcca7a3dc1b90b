"""One request's surroundings, settled before its route runs: which host, which tenant, who, in which language."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.context import HOME_TENANT_ID, Context, TenantFacts
from core.identity import Look
from web.kit.guards import SignInNeededError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from core.context import Person
    from core.db import UnitOfWork
    from core.db.submission import Submission
    from core.identity.hosts import HostKind
    from web.kit.services import Services

HOME = TenantFacts(id=HOME_TENANT_ID, slug="home", name="ADX")

TOKEN = re.compile(r"(?<=/)[\w.=~-]{41,}")
"""No slug and no id is as long."""

LONGEST_LOGGED = 300

MARK_LENGTH = 24


@dataclass(slots=True)
class Visit:
    """The surroundings of one request. Filled in as far as they are known when an error page is needed."""

    services: Services
    host: str
    kind: HostKind
    address: str
    reference: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    visitor: str | None = None
    device: Look = field(default_factory=Look)
    ctx: Context = field(default_factory=lambda: Context(tenant=HOME))
    position: str = ""
    csrf_token: str = ""
    csrf_checked: bool = False
    sets_visitor: bool = False
    route: str = ""
    failed: Exception | None = None
    edits_texts: bool = False
    submission: Submission | None = None

    @property
    def came_before(self) -> bool:
        """Whether the browser brought a cookie that comes with a page of this host: only then has it a form of ours."""
        return self.token is not None or (self.visitor is not None and not self.sets_visitor)


_visit: ContextVar[Visit] = ContextVar("visit")


def current_visit() -> Visit:
    """Return the surroundings of the request; raises ``LookupError`` outside of one."""
    return _visit.get()


def begin(visit: Visit) -> None:
    """Make ``visit`` the current one for the task of this request and the tasks it starts."""
    _visit.set(visit)


def current_context() -> Context:
    """Return who asks, and in which tenant."""
    return _visit.get().ctx


def current_person() -> Person:
    """Return who asks, where the guard lets only people in; anybody else is asked to sign in."""
    person = _visit.get().ctx.person
    if person is None:
        raise SignInNeededError
    return person


def session_token() -> str | None:
    """Return the session token that the browser sent to this host, if any."""
    return _visit.get().token


def device_look() -> Look:
    """Return what this device chose for itself at this host."""
    return _visit.get().device


def client_address() -> str:
    """Return the network address of the browser; forwarding headers count only from trusted proxies."""
    return _visit.get().address


def mark_browser() -> str:
    """Return what tells this browser from all others at this host; from the mark, its cookie cannot be told.

    A browser without the cookie gets it with the answer.
    """
    visit = _visit.get()
    if visit.visitor is None:
        visit.visitor = secrets.token_urlsafe(16)
        visit.sets_visitor = True
    return hashlib.sha256(visit.visitor.encode()).hexdigest()


def person_mark() -> str:
    """Return what tells this person from all others at this host and says nothing else of them; empty for nobody."""
    visit = _visit.get()
    if visit.ctx.person is None:
        return ""
    secret = visit.services.settings.secret_key.get_secret_value().encode()
    whose = f"person\0{visit.ctx.tenant_id}\0{visit.ctx.person.id}"
    return hmac.digest(secret, whose.encode(), hashlib.sha256).hex()[:MARK_LENGTH]


def loggable(path: str) -> str:
    """Return a path without the tokens of links, which open something for whoever reads them; cut where it is long."""
    return TOKEN.sub("…", path[:LONGEST_LOGGED])


def unit_of_work(feature: str, *, effect: bool = True) -> AbstractAsyncContextManager[UnitOfWork]:
    """Begin a transaction as ``feature``, in the tenant and for the person of this request.

    The first one that writes is what was sent (see ``web.kit.submissions``), and is done once. One that only prepares
    it, or takes back what was prepared, is no ``effect``: should the rest fail, the same may be sent again.
    """
    visit = _visit.get()
    return visit.services.db.unit_of_work(visit.ctx, feature, submission=visit.submission if effect else None)
