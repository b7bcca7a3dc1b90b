"""How things are shown to somebody: what a device, a person and a tenant chose, and which of it counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import parse_qsl, urlencode
from zoneinfo import available_timezones

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.context import TenantFacts

ColourScheme = Literal["system", "light", "dark"]
COLOUR_SCHEMES: tuple[ColourScheme, ...] = ("system", "light", "dark")
LONGEST_COOKIE = 300

PREFERRED_LOCALE = text("select locale from platform.preferences where user_id = :user_id")


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody chose; None is what they left to others."""

    locale: str | None = None
    timezone: str | None = None
    colour_scheme: str | None = None
    theme: str | None = None

    @classmethod
    def from_cookie(cls, value: str | None) -> Look:
        """Return what a device's cookie says. Whatever else it holds is left out; it never fails."""
        pairs = dict(parse_qsl((value or "")[:LONGEST_COOKIE]))
        return cls(**{name: pairs[name] for name in cls.__slots__ if pairs.get(name)})

    def to_cookie(self) -> str:
        """Return it as a cookie's value, empty when nothing is chosen."""
        return urlencode({name: value for name in self.__slots__ if (value := getattr(self, name))})

    def with_choice(self, **chosen: str | None) -> Look:
        """Return it with some choices made or given up."""
        return replace(self, **chosen)


@dataclass(frozen=True, slots=True)
class Shown:
    """How one request is shown: every choice made."""

    locale: str
    timezone: str
    colour_scheme: ColourScheme
    theme: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is to choose from; asked anew each time, since languages and themes are edited while it runs."""

    locales: Callable[[], Collection[str]]
    themes: Callable[[], Collection[str]]


def choose(
    device: Look,
    person: Look,
    tenant: TenantFacts,
    by_browser: Callable[[], str],
    offers: Offers | None = None,
) -> Shown:
    """Return what counts: this device, then the person, then the tenant, then the browser.

    What is not there (any more) counts as not chosen.
    """
    locales = offers.locales() if offers else None
    themes = offers.themes() if offers else None
    scheme = _first((device.colour_scheme, person.colour_scheme), COLOUR_SCHEMES)
    return Shown(
        locale=_first((device.locale, person.locale, tenant.locale), locales) or by_browser(),
        timezone=_first((device.timezone, person.timezone, tenant.timezone), timezones()) or "UTC",
        colour_scheme=cast("ColourScheme", scheme or "system"),
        theme=_first((device.theme, person.theme), themes) or tenant.theme,
    )


async def preferred_locale(session: AsyncSession, user_id: UUID, default: str) -> str:
    """Return the language that a person chose, for mails to them; ``default`` while they have chosen none."""
    found: str | None = await session.scalar(PREFERRED_LOCALE, {"user_id": user_id})
    return found or default


@cache
def timezones() -> frozenset[str]:
    """Return the names of all time zones (IANA)."""
    return frozenset(available_timezones())


def _first(wanted: tuple[str | None, ...], offered: Collection[str] | None) -> str | None:
    return next((item for item in wanted if item and (offered is None or item in offered)), None)
