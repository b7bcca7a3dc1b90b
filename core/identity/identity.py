"""From a Host header and a cookie to the Context of a request."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text

from core.brands import brand_of
from core.context import HOME_TENANT_ID, Context, Role, TenantFacts
from core.identity.look import Look, Offers, choose
from core.identity.sessions import GATEWAY, TOUCH_EVERY, FoundSession, Sessions
from core.permissions import Permissions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import Database
    from core.identity.hosts import Hosts

SECONDS_TRUSTED = 1.0
"""How long a looked-up tenant or session is believed: the longest time a revoked session can still be used."""

MOST_REMEMBERED = 20_000

TENANT = text("""
    select id, slug, name, locale, theme, state, timezone from platform.tenants
    where slug = :slug and state = 'active'
""")
WORDING = text("select version from platform.wording_versions")
ENTITLEMENTS = text("select key, value from platform.entitlements")
NOTHING_CHOSEN = Look()
NO_PERMISSIONS = Permissions(())
SOURCE = "en"


class LocaleChooser(Protocol):
    """Chooses a language by what the browser asks for; ``default`` is for one that asks for none we have."""

    def __call__(self, accept_language: str, default: str) -> str:
        """Return an available locale."""


@dataclass(slots=True)
class _Remembered:
    value: object
    until: float


class Identity:
    """Resolves requests; keeps what it found for a second, so that a page and its fragments ask once."""

    def __init__(
        self,
        db: Database,
        hosts: Hosts,
        choose_locale: LocaleChooser,
        offers: Offers | None = None,
        permissions: Permissions = NO_PERMISSIONS,
        *,
        notes_use: bool = True,
    ) -> None:
        """``notes_use`` is whether being found counts as a use of a session here."""
        self.hosts = hosts
        self.sessions = Sessions(db)
        self._db = db
        self._choose_locale = choose_locale
        self._offers = offers
        self._permissions = permissions
        self._notes_use = notes_use
        self._remembered: dict[object, _Remembered] = {}
        self._forgotten = 0

    async def tenant_by_host(self, host: str) -> TenantFacts | None:
        """Return the active tenant that a host names; None for a foreign host and for a tenant that is not there."""
        slug = self.hosts.slug(host)
        return await self.tenant_by_slug(slug) if slug else None

    async def tenant_by_slug(self, slug: str) -> TenantFacts | None:
        """Return the active tenant of a slug."""
        key = ("tenant", slug)
        known, tenant = self._recall(key)
        if not known:
            asked_at = self._forgotten
            async with self._db.unit_of_work(HOME_TENANT_ID, GATEWAY) as uow:
                row = (await uow.session.execute(TENANT, {"slug": slug})).one_or_none()
            tenant = TenantFacts(*row) if row else None
            if tenant and not tenant.is_home:
                tenant = await self._in_its_own_way(tenant)
            self._remember(key, tenant, asked_at)
        return tenant if isinstance(tenant, TenantFacts) else None

    async def resolve(
        self, host: str, token: str | None, *, accept_language: str = "", device: Look = NOTHING_CHOSEN
    ) -> Context | None:
        """Return the context of a request; None when the host names no tenant. ``device`` is what its cookie chose."""
        tenant = await self.tenant_by_host(host)
        if tenant is None:
            return None
        session = await self._session(token, tenant.id) if token else None
        role = _role(session, tenant)
        known = session is not None and role != "anonymous"
        person = session.look if session and known else NOTHING_CHOSEN
        shown = choose(device, person, tenant, lambda: self._choose_locale(accept_language, SOURCE), self._offers)
        return Context(
            tenant=tenant,
            person=session.person if session and known else None,
            role=role,
            permissions=frozenset() if tenant.is_home else self._permissions.of_role(role),
            locale=shown.locale,
            theme=shown.theme,
            colour_scheme=shown.colour_scheme,
            timezone=shown.timezone,
            session_id=session.id if session and known else None,
            entitlements=await self._entitlements(tenant.id) if known else MappingProxyType({}),
        )

    def forget(self) -> None:
        """Believe nothing of what was looked up, nor of what is being looked up: it has just been changed."""
        self._forgotten += 1
        self._remembered.clear()

    async def _in_its_own_way(self, tenant: TenantFacts) -> TenantFacts:
        """Return the tenant with what its own tables say of its looks and its words."""
        async with self._db.unit_of_work(tenant.id, GATEWAY) as uow:
            wording = await uow.session.scalar(WORDING) or 0
            brand = await brand_of(uow)
        theme = brand.theme if brand else None
        return replace(tenant, brand=brand, theme=theme or tenant.theme, wording=wording)

    async def _session(self, token: str, tenant_id: UUID) -> FoundSession | None:
        key = ("session", token, tenant_id)
        known, session = self._recall(key)
        if not known:
            asked_at = self._forgotten
            session = await self.sessions.find(token, tenant_id)
            self._remember(key, session, asked_at)
            if self._notes_use and session and session.seen_at < datetime.now(UTC) - TOUCH_EVERY:
                await self.sessions.touch(session)
        return session if isinstance(session, FoundSession) else None

    async def _entitlements(self, tenant_id: UUID) -> Mapping[str, int]:
        key = ("entitlements", tenant_id)
        known, found = self._recall(key)
        if not known:
            asked_at = self._forgotten
            async with self._db.unit_of_work(tenant_id, GATEWAY) as uow:
                rows = (await uow.session.execute(ENTITLEMENTS)).all()
            found = MappingProxyType({row.key: row.value for row in rows})
            self._remember(key, found, asked_at)
        return found if isinstance(found, MappingProxyType) else MappingProxyType({})

    def _recall(self, key: object) -> tuple[bool, object]:
        item = self._remembered.get(key)
        return (True, item.value) if item and item.until > time.monotonic() else (False, None)

    def _remember(self, key: object, value: object, asked_at: int) -> None:
        if asked_at != self._forgotten:
            return  # it may have been read before the change
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = _Remembered(value, time.monotonic() + SECONDS_TRUSTED)


def _role(session: FoundSession | None, tenant: TenantFacts) -> Role:
    if session is None:
        return "anonymous"
    if not tenant.is_home:
        return session.role or "anonymous"
    return "member" if session.level == "full" else "pending"
