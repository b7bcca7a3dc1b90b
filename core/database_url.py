"""Addresses of the database."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def as_role(database_url: str, role: str) -> str:
    """Return the address of the same database for another role, with the same password."""
    parts = urlsplit(database_url)
    password = f":{parts.password}" if parts.password else ""
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}{password}@{address}"))
