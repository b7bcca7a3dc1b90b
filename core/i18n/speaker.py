"""One reader's voice: the language and time zone that everything on the page is said in."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import (
    UnknownLocaleError,
    dates as babel_dates,
    lists as babel_lists,
    numbers as babel_numbers,
)

from core.i18n.marks import marked
from core.i18n.measures import both, duration_of, size_of
from core.i18n.negotiate import ENGLISH_ONLY, babel_locale
from core.i18n.placeholders import fill
from core.i18n.wording import PRODUCTS_OWN, Wording
from core.messages import Message, Octets, messages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from babel import Locale

    from core.i18n.catalogues import Catalogues
    from core.i18n.isolation import Direction

N_ = messages_of("core")

NOTHING: Mapping[str, object] = MappingProxyType({})
JUST_NOW = timedelta(seconds=45)
RELATIVE_UNTIL = timedelta(days=7)
SAID_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says texts, numbers and times in ``locale``; times are shown in ``timezone`` (an IANA name).

    ``wording`` is what the tenant says in its own words; with ``marks``, the page can tell which text stands where.
    Values are set apart from the texts around them (:mod:`core.i18n.isolation`), unless ``isolates`` says otherwise.
    """

    catalogues: Catalogues
    locale: str
    timezone: str = "UTC"
    wording: Wording = PRODUCTS_OWN
    marks: bool = False
    isolates: bool = True

    def say(self, text: Message | str | None, domain: str = "shell") -> str:
        """Return a message in words. A plain string is looked up as it is; None is nothing."""
        if text is None:
            return ""
        if isinstance(text, str):
            return self.translate(text, domain)
        if text.plural is not None:
            return self.translate_plural(text.text, text.plural, text.domain, text.params)
        return self.translate(text.text, text.domain, text.params)

    def translate(self, text: str, domain: str, params: Mapping[str, object] = NOTHING) -> str:
        """Return what the source text ``text`` reads as, its placeholders filled."""
        found = self.catalogues.find(text, self.locale, domain, self.wording)[0]
        said = self.filled(found, params) if params else found
        return self._marked(domain, text, said)

    def translate_plural(self, one: str, many: str, domain: str, params: Mapping[str, object]) -> str:
        """Return the form for ``params["count"]``, its placeholders filled."""
        count = params.get("count", 1)
        number = int(count) if isinstance(count, (int, float)) else 1
        said = self.filled(self.catalogues.choose(one, many, number, self.locale, domain, self.wording), params)
        return self._marked(domain, one, said)

    def filled(self, text: str, params: Mapping[str, object]) -> str:
        """Return a text of this language with its placeholders filled: the one way in which texts get their values."""
        return fill(text, params, self.show, self.direction if self.isolates else None)

    def _marked(self, domain: str, text: str, said: str) -> str:
        return marked(domain, text, said) if self.marks and domain not in ENGLISH_ONLY else said

    def show(self, value: object) -> str:
        """Return a value as it stands within a sentence: numbers with separators, times with their zone applied."""
        match value:
            case Message():
                return self.say(value)
            case Octets():
                return self.size(value)
            case int() | float() if not isinstance(value, bool):
                return self.number(value)
            case dt.datetime():
                return self.datetime(value)
            case dt.date():
                return self.date(value)
        return "" if value is None else str(value)

    def number(self, value: float) -> str:
        """Return ``1234.5`` as ``1,234.5`` or ``1.234,5``."""
        return _number(value, self.locale)

    def ordinal_form(self, value: int) -> str:
        """Return which ordinal a whole number takes, by CLDR: in English ``one`` for 1st, ``few`` for 3rd."""
        return self._babel.ordinal_form(value)

    def percent(self, value: float) -> str:
        """Return a share between 0 and 1 as ``42 %``."""
        return babel_numbers.format_percent(value, locale=self._babel)

    def size(self, octets: int) -> str:
        """Return a number of bytes as ``61 bytes`` or ``4.2 MB``, by 1024 as limits are configured."""
        return self.say(size_of(octets))

    def duration(self, seconds: float | timedelta) -> str:
        """Return ``0.4 s``, ``8 s``, ``3 min`` or ``2 h 5 min``."""
        total = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        large, small = duration_of(total)
        return self.say(both(self.say(large), self.say(small))) if small else self.say(large)

    def items(self, values: Sequence[str]) -> str:
        """Return ``a, b and c``, each set apart where the sentence is."""
        said = [self.filled("{value}", {"value": value}) for value in values]
        return babel_lists.format_list(said, locale=self._babel)

    def money(self, amount: float, currency: str) -> str:
        """Return an amount of an ISO 4217 currency."""
        return babel_numbers.format_currency(amount, currency, locale=self._babel)

    def date(self, value: dt.date) -> str:
        """Return a day: ``22 Nov 2026``."""
        day = self._local(value).date() if isinstance(value, dt.datetime) else value
        return babel_dates.format_date(day, format="medium", locale=self._babel)

    def time(self, value: dt.datetime) -> str:
        """Return the time of day."""
        return babel_dates.format_time(self._local(value), format="short", locale=self._babel)

    def datetime(self, value: dt.datetime) -> str:
        """Return a day and its time: what is shown when a relative time is hovered."""
        return _datetime(value if value.tzinfo else value.replace(tzinfo=UTC), self.timezone, self.locale)

    def relative(self, value: dt.datetime, now: dt.datetime | None = None) -> str:
        """Return ``5 minutes ago`` or ``in 2 days`` within a week, else the day."""
        distance = self._local(value) - (now or dt.datetime.now(UTC))
        if timedelta(0) < distance < JUST_NOW:
            # Translators: In the place of “in 5 minutes”.
            return self.say(N_("in a moment"))
        if abs(distance) < JUST_NOW:
            # Translators: In the place of “5 minutes ago”.
            return self.say(N_("just now"))
        if abs(distance) >= RELATIVE_UNTIL:
            return self.date(value)
        return babel_dates.format_timedelta(
            distance, granularity="minute", add_direction=True, threshold=0.95, locale=self._babel
        )

    def is_near(self, value: dt.datetime, now: dt.datetime | None = None) -> bool:
        """Whether :meth:`relative` says how far off it is, and no day."""
        return abs(self._local(value) - (now or dt.datetime.now(UTC))) < RELATIVE_UNTIL

    def until(self, value: dt.datetime, now: dt.datetime | None = None) -> str:
        """Return when something is going to be: as :meth:`relative`, and ``in a moment`` for what is due."""
        now = now or dt.datetime.now(UTC)
        return self.relative(max(self._local(value), now + timedelta(seconds=1)), now)

    def zone(self, name: str = "") -> str:
        """Return what a time zone (the reader's own, unless named) is called: ``Central European Time (Berlin)``."""
        zone = _zone(name or self.timezone)
        if zone.key == "UTC":
            return zone.key  # to Babel a place in no country
        called = babel_dates.get_timezone_name(zone, locale=self._babel)
        city = babel_dates.get_timezone_location(zone, locale=self._babel, return_city=True)
        return called if city in called else f"{called} ({city})"

    def _local(self, value: dt.datetime) -> dt.datetime:
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(_zone(self.timezone))

    @property
    def _babel(self) -> Locale:
        return babel_locale(self.locale)

    @property
    def direction(self) -> Direction:
        """``rtl`` or ``ltr``."""
        return "rtl" if is_right_to_left(self.locale) else "ltr"


@cache
def is_right_to_left(locale: str) -> bool:
    """Whether ``locale`` is written from right to left."""
    try:
        return babel_locale(locale).text_direction == "rtl"
    except (UnknownLocaleError, ValueError):
        return False


_speaker: ContextVar[Speaker] = ContextVar("speaker")


def speaker() -> Speaker:
    """Return the voice of the page that is being rendered; raises ``LookupError`` outside of one."""
    return _speaker.get()


@contextmanager
def speaking(voice: Speaker) -> Iterator[Speaker]:
    """Make ``voice`` the one that :func:`speaker` returns, for this task, until the block ends."""
    token = _speaker.set(voice)
    try:
        yield voice
    finally:
        _speaker.reset(token)


# A list says the same numbers and times at every reload; Babel takes a fifth of a millisecond for each.
@lru_cache(maxsize=SAID_KEPT)
def _number(value: float, locale: str) -> str:
    return babel_numbers.format_decimal(value, locale=babel_locale(locale))


# The zone is part of the key: one moment is equal to itself in every zone, and reads differently in each.
@lru_cache(maxsize=SAID_KEPT)
def _datetime(value: dt.datetime, timezone: str, locale: str) -> str:
    here, language = value.astimezone(_zone(timezone)), babel_locale(locale)
    joined = str(babel_dates.get_datetime_format("medium", locale=language)).replace("'", "")
    day = babel_dates.format_date(here, format="medium", locale=language)
    return joined.replace("{0}", babel_dates.format_time(here, format="short", locale=language)).replace("{1}", day)


@cache
def _zone(name: str) -> ZoneInfo:
    """Return a time zone; one that nobody knows is UTC."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
