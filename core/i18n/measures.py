"""Sizes and durations in our own words: a catalogue knows plurals and units better than the short data of Unicode.

Sizes count by 1024, as limits are configured: a limit of 5 GiB, what is used of it and what is free all say GB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.messages import messages_of

if TYPE_CHECKING:
    from core.messages import Message

N_ = messages_of("core")

KILO = 1024
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ONE_DECIMAL_BELOW = 100
UNITS = 4
"""Above bytes: KB, MB, GB and TB."""


def size_of(octets: int) -> Message:
    """Return what a number of bytes is called: ``61 bytes``, ``4.2 MB``."""
    value, unit = float(octets), 0
    while unit < UNITS and value >= KILO - (0.5 if unit else 0):
        value, unit = value / KILO, unit + 1
    # Translators: A size, as short as people write it; {value} is a number such as 4.2.
    names = {
        0: N_("{count} byte", "{count} bytes", count=octets),
        1: N_("{value} KB", value=round(value)),
        2: N_("{value} MB", value=_rounded(value)),
        3: N_("{value} GB", value=_rounded(value)),
        4: N_("{value} TB", value=_rounded(value)),
    }
    return names[unit]


def _rounded(value: float) -> float:
    return round(value, 1) if value < ONE_DECIMAL_BELOW else round(value)


def duration_of(seconds: float) -> tuple[Message, Message | None]:
    """Return a span as one unit, or as a larger and a smaller one: ``8 s``, ``1 min 30 s``, ``2 days``."""
    if seconds < 1:
        return _seconds(max(0.1, round(seconds, 1))), None
    if round(seconds) < MINUTE:
        return _seconds(round(seconds)), None
    if round(seconds) < HOUR and round(seconds / MINUTE) < HOUR // MINUTE:
        return _parts(round(seconds), MINUTE, until=5)
    if round(seconds / MINUTE) < DAY // MINUTE:
        return _parts(round(seconds / MINUTE) * MINUTE, HOUR, until=24)
    return _parts(round(seconds / HOUR) * HOUR, DAY, until=7)


def both(large: str, small: str) -> Message:
    """Return two units as one span."""
    # Translators: A span of two units, such as “1 min 30 s”.
    return N_("{large} {small}", large=large, small=small)


def _parts(seconds: int, unit: int, *, until: int) -> tuple[Message, Message | None]:
    """Return how many of a unit, and the rest as the one below as long as there are fewer than ``until``."""
    whole, rest = divmod(seconds, unit)
    if whole >= until or not rest:
        return _said(round(seconds / unit), unit), None
    below = {MINUTE: 1, HOUR: MINUTE, DAY: HOUR}[unit]
    return _said(whole, unit), _said(rest // below, below)


def _said(count: int, unit: int) -> Message:
    if unit == 1:
        return _seconds(count)
    # Translators: Minutes, as short as people write them.
    minutes = N_("{count} min", "{count} min", count=count)
    # Translators: Hours, as short as people write them.
    hours = N_("{count} h", "{count} h", count=count)
    # Translators: Days that something takes.
    days = N_("{count} day", "{count} days", count=count)
    return {MINUTE: minutes, HOUR: hours, DAY: days}[unit]


def _seconds(count: float) -> Message:
    # Translators: Seconds, as short as people write them; the number may be one such as 0.4.
    return N_("{count} s", "{count} s", count=count)
