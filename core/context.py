"""Who is asking, and in which tenant: the one immutable value that travels through every layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.permissions import Permission

HOME_TENANT_ID = UUID("00000000-0000-7000-8000-000000000000")
"""The platform's own tenant: the base host, where people sign up, sign in and choose a tenant."""

SYSTEM_ACTOR_ID = UUID("00000000-0000-7000-8000-000000000001")
"""The actor of what nobody pressed: schedules, sweeps, expiries."""

CONTEXT_CHANGED = "context"
"""The topic of the fact that the tenant's requests have another context now: its name, looks, words or limits.

Every process that hears it forgets what it remembers, before the pages hear of anything that came with it.
"""

Role = Literal["owner", "admin", "member", "guest", "pending", "anonymous"]
"""``pending`` is a person at the base host whose address is not verified yet; ``anonymous`` is nobody in particular."""


@dataclass(frozen=True, slots=True)
class BrandPicture:
    """A logo in two resolutions, with the size that it is shown at."""

    path: str
    double_path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """How a tenant has made the product look like its own.

    Paths are those of the tenant's host, open to everybody and never change their content. Colours are ``#rrggbb``
    and readable: ``on_accent`` on ``accent``, ``link`` on the pages' surfaces. None is the theme's own. ``icon_paths``
    are those of the installed app, each with its width.
    """

    digest: str
    sheet_path: str
    name: str = ""
    theme: str | None = None
    accent: str | None = None
    on_accent: str | None = None
    link: str | None = None
    logo: BrandPicture | None = None
    logo_dark: BrandPicture | None = None
    favicon_path: str | None = None
    touch_icon_path: str | None = None
    icon_paths: tuple[tuple[int, str], ...] = ()
    is_draft: bool = False

    @property
    def logo_path(self) -> str | None:
        """The logo for light surfaces, if there is one."""
        return self.logo.path if self.logo else None


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
    brand: Brand | None = None
    wording: int = 0
    """The version of the tenant's own wording; 0 where all texts are the product's."""

    @property
    def shown_name(self) -> str:
        """What people read: the name of the brand, else the tenant's."""
        return (self.brand.name if self.brand else "") or self.name

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
    """One request's (or one activity's) tenant, person and ways of showing things.

    ``permissions`` are the names of what the person may do here, by their role as it is now.
    """

    tenant: TenantFacts
    person: Person | None = None
    role: Role = "anonymous"
    permissions: frozenset[str] = frozenset()
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

    def may(self, permission: Permission | str) -> bool:
        """Whether the person has a permission in this tenant: the only question that allows anything.

        On the base host nobody has any: there everybody is a stranger to everybody.
        """
        return str(permission) in self.permissions and not self.tenant.is_home

    @property
    def is_known(self) -> bool:
        """Whether the person is signed in, with an address that is confirmed."""
        return self.person is not None and not self.is_pending

    @property
    def is_pending(self) -> bool:
        """Whether the person has signed up and not confirmed the address yet."""
        return self.role == "pending"
