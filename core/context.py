"""Who is asking, and in which tenant: the one immutable value that travels through every layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME_TENANT_ID = UUID("00000000-0000-7000-8000-000000000000")
"""The platform's own tenant: the base host, where people sign up, sign in and choose a tenant."""

SYSTEM_ACTOR_ID = UUID("00000000-0000-7000-8000-000000000001")
"""The actor of what nobody pressed: schedules, sweeps, expiries."""

Role = Literal["owner", "admin", "member", "guest", "pending", "anonymous"]
"""``pending`` is a person at the base host whose address is not verified yet; ``anonymous`` is nobody in particular."""


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """What every page needs to know of a tenant. Language and time zone are None where it leaves them to its people."""

    id: UUID
    slug: str
    name: str
    locale: str | None = None
    theme: str = "adx"
    state: str = "active"
    timezone: str | None = None

    @property
    def is_home(self) -> bool:
        """Whether this is the platform's own tenant, shown on the base host."""
        return self.id == HOME_TENANT_ID


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in user, as shown to others."""

    id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Context:
    """One request's (or one activity's) tenant, person and ways of showing things."""

    tenant: TenantFacts
    person: Person | None = None
    role: Role = "anonymous"
    locale: str = "en"
    theme: str = "adx"
    colour_scheme: Literal["system", "light", "dark"] = "system"
    timezone: str = "UTC"
    session_id: UUID | None = None
    entitlements: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def tenant_id(self) -> UUID:
        """The tenant whose rows may be touched."""
        return self.tenant.id

    @property
    def actor_id(self) -> UUID | None:
        """The person who acts, if there is one."""
        return self.person.id if self.person else None

    @property
    def is_admin(self) -> bool:
        """Whether the person runs this tenant."""
        return self.role in {"owner", "admin"}
