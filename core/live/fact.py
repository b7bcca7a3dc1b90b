"""Facts: what happened, for whom, with values and no words. Pages turn them into HTML in the viewer's language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NewType
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.permissions import Permission

Audience = NewType("Audience", str)
"""Who in the tenant may see a fact: one of the values below, or what the functions below return."""

TOPIC = re.compile(r"[A-Za-z0-9_.:/-]+")
"""A renderer's topic, or the name of a declared event."""

EVERYONE = Audience("everyone")


def only(user_id: UUID) -> Audience:
    """Return the audience of one person."""
    return Audience(f"user:{user_id}")


def holders(permission: Permission) -> Audience:
    """Return the audience of those who have a permission."""
    return Audience(f"holders:{permission}")


def user_or_holders(user_id: UUID | str, permission: Permission) -> Audience:
    """Return the audience of one person and of those who have a permission."""
    return Audience(f"user_or_holders:{user_id}:{permission}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened in a tenant. ``id`` is its place in the tenant's stream, empty before it is published."""

    tenant_id: UUID
    topic: str
    key: str
    audience: Audience = EVERYONE
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse a topic that is more than one word: it may become the name of an event in the stream."""
        if not TOPIC.fullmatch(self.topic):
            raise ValueError(f"not a topic: {self.topic!r}")

    @property
    def number(self) -> int | None:
        """Which event of its subject this is, for subjects that count theirs: each is told once."""
        number = self.params.get("seq")
        return number if isinstance(number, int) else None

    def to_json(self) -> dict[str, Any]:
        """Return the fact as plain values, without its place."""
        return {
            "tenant_id": str(self.tenant_id),
            "topic": self.topic,
            "key": self.key,
            "audience": self.audience,
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], *, id: str = "") -> Fact:  # noqa: A002  # the field's own name
        """Return the fact that :meth:`to_json` took apart."""
        return cls(
            tenant_id=UUID(value["tenant_id"]),
            topic=value["topic"],
            key=value["key"],
            audience=Audience(value["audience"]),
            params=value["params"],
            id=id,
        )
