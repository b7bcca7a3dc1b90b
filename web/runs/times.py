"""Moments in addresses: where a page of a list begins."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime


def time_of(value: str | None) -> datetime | None:
    """Return the moment that an address names, or None for what is none, or so far off that no hour can follow."""
    try:
        moment = datetime.fromisoformat(value or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if MINYEAR < moment.year < MAXYEAR else None
