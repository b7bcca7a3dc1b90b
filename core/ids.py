"""Keys: UUIDs of version 7, which sort by time and need no sequence."""

from __future__ import annotations

from uuid import UUID, uuid5

import uuid_utils


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return UUID(int=uuid_utils.uuid7().int)


def derived_id(namespace: UUID, name: str) -> UUID:
    """Return the same UUID for the same namespace and name, always (version 5)."""
    return uuid5(namespace, name)
