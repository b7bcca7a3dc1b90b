"""How languages, time zones and the parts of the world are called, from the locale data that Babel carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from core.i18n.negotiate import babel_locale, language_name
from core.i18n.speaker import is_right_to_left

if TYPE_CHECKING:
    from collections.abc import Iterable

REGIONS = {
    "Africa": "002",
    "America": "019",
    "Antarctica": "AQ",
    "Asia": "142",
    "Australia": "AU",
    "Europe": "150",
    "Pacific": "009",
}
"""The parts of the world by the first part of a zone's name, with their codes in UN M.49 or ISO 3166."""

NEAR = {"Arctic": "Europe", "Atlantic": "Europe", "Indian": "Asia"}
"""The oceans have no code: their few zones stand with a continent."""

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Language:
    """A language as those call it who speak it."""

    code: str
    name: str
    direction: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone: its IANA name, its city in the reader's language, and how far it is from UTC now, in seconds."""

    name: str
    city: str
    offset: int

    @property
    def shift(self) -> str:
        """How far it is from UTC, as is written everywhere: ``UTC+05:30``."""
        hours, minutes = divmod(abs(self.offset) // 60, 60)
        return f"UTC{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world and its time zones, the western ones first."""

    name: str
    zones: tuple[Zone, ...]


def language(code: str) -> Language:
    """Return how a language calls itself."""
    return Language(code, language_name(code), "rtl" if is_right_to_left(code) else "ltr")


def languages(codes: Iterable[str]) -> tuple[Language, ...]:
    """Return the languages by their own names, in the order of those names."""
    return tuple(sorted((language(code) for code in codes), key=lambda found: found.name.casefold()))


def regions(locale: str) -> tuple[Region, ...]:
    """Return all time zones by part of the world, said in ``locale``."""
    return _regions(locale, int(datetime.now(UTC).timestamp()) // HOUR)


@lru_cache(maxsize=32)
def _regions(code: str, _hour: int) -> tuple[Region, ...]:
    locale = babel_locale(code)
    aliases = get_global("zone_aliases")
    now = datetime.now(UTC)
    found: dict[str, list[Zone]] = {part: [] for part in REGIONS}
    for name in available_timezones() - set(aliases):
        part = NEAR.get(name.partition("/")[0], name.partition("/")[0])
        if part in found:
            offset = now.astimezone(ZoneInfo(name)).utcoffset()
            found[part].append(Zone(name, _city(name, code), int(offset.total_seconds()) if offset else 0))
    return tuple(
        Region(locale.territories.get(REGIONS[part], part), tuple(sorted(zones, key=lambda z: (z.offset, z.city))))
        for part, zones in found.items()
    )


@lru_cache(maxsize=8192)
def _city(zone: str, code: str) -> str:
    """Return a zone's city: by far the slowest part, and the same for ever."""
    # Without the soft hyphens that some languages write.
    return get_timezone_location(zone, locale=babel_locale(code), return_city=True).replace("\u00ad", "")
