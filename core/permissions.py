"""What people may do in a tenant: permissions that features declare, and roles that are sets of them.

A feature declares its permissions in ``domain/<feature>/permissions.py`` and names them wherever something is allowed.
Nobody asks for a role: ``ctx.may(UPLOAD)`` is the only question.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.messages import Message

BuiltInRole = Literal["owner", "admin", "member", "guest"]
"""The roles that every tenant has from its beginning."""

EVERYBODY: frozenset[BuiltInRole] = frozenset(get_args(BuiltInRole))
COLLEAGUES: frozenset[BuiltInRole] = frozenset({"owner", "admin", "member"})
ADMINS: frozenset[BuiltInRole] = frozenset({"owner", "admin"})
OWNERS: frozenset[BuiltInRole] = frozenset({"owner"})


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that people may do: ``name`` is ``<feature>.<what>``, ``title`` and ``hint`` are for who gives it.

    ``roles`` are the built-in roles that have it.
    """

    name: str
    title: Message
    hint: Message
    roles: frozenset[BuiltInRole]

    def __str__(self) -> str:
        return self.name


class Permissions:
    """All that there are, whichever features a process runs: a role means the same in each of them."""

    def __init__(self, declared: Iterable[Permission]) -> None:
        """Raise ValueError when two have the same name."""
        found = tuple(declared)
        self.by_name: Mapping[str, Permission] = MappingProxyType({each.name: each for each in found})
        if len(self.by_name) != len(found):
            raise ValueError("two permissions have the same name")
        self._built_in: Mapping[str, frozenset[str]] = MappingProxyType(
            {role: frozenset(each.name for each in found if role in each.roles) for role in get_args(BuiltInRole)}
        )

    def of_role(self, role: str) -> frozenset[str]:
        """Return the names of what a built-in role may do; of any other, nothing."""
        return self._built_in.get(role, frozenset())
