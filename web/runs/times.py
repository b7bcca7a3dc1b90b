"""Moments in addresses: where a page of a list begins."""

from __future__ import annotations

from datetime import UTC, datetime


def time_of(value: str | None) -> datetime | None:
    """Return the moment that an address names, or None for what is none."""
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    except (ValueError, OverflowError):
        return None
