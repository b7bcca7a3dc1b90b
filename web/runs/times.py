"""Moments in addresses, and where a page of a list begins."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from uuid import UUID

from core.runs.queries import RunPlace


def time_of(value: str | None) -> datetime | None:
    """Return the moment that an address names, or None for what is none, or so far off that no hour can follow."""
    try:
        moment = datetime.fromisoformat(value or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if MINYEAR < moment.year < MAXYEAR else None


def place_of(value: str | None) -> RunPlace | None:
    """Return where an address has a page begin: a time, or a time and the id of a run; None for what is neither."""
    time, _, run = (value or "").partition("_")
    moment = time_of(time)
    try:
        return RunPlace(moment, *([UUID(run)] if run else [])) if moment else None
    except ValueError:
        return None


def place_in_address(place: RunPlace) -> str:
    """Return a place as :func:`place_of` reads it."""
    return f"{place.created_at.isoformat()}_{place.id}"
