"""What a tenant decides about its files: who may open what nobody could look into, and which kinds it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from sqlalchemy import text

from domain.files.errors import kind_refused, no_such_rule
from domain.files.kinds import KINDS, UNKNOWN_TYPE, Kind, claim_by_name, kind_of
from domain.files.permissions import OPEN_ANY_SEALED, OPEN_SEALED, UPLOAD
from domain.files.suffixes import SHARED, SUFFIXES

if TYPE_CHECKING:
    from core.context import Context
    from core.db import UnitOfWork
    from core.permissions import Permission

Openers = Literal["owner", "admin", "member"]
"""Who may open a sealed file: as the built-in roles have the permissions that are asked for."""

_ASKED_FOR: dict[Openers, Permission] = {"owner": OPEN_ANY_SEALED, "admin": OPEN_SEALED, "member": UPLOAD}

_READ = text("select openers, refused from files.policies where tenant_id = :tenant_id")
_WRITE = text("""
    insert into files.policies (tenant_id, openers, refused) values (:tenant_id, :openers, :refused)
    on conflict (tenant_id) do update set openers = excluded.openers, refused = excluded.refused
""")


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a tenant; as it stands here, until somebody decides otherwise."""

    openers: Openers = "admin"
    refused: frozenset[str] = field(default_factory=frozenset)

    def may_open(self, ctx: Context) -> bool:
        """Whether the person may open a sealed file."""
        return ctx.may(_ASKED_FOR[self.openers])

    def accepts(self, media_type: str) -> bool:
        """Whether files of this media type are accepted."""
        return kind_of(media_type).key not in self.refused

    def check_claim(self, name: str, declared_type: str) -> None:
        """Refuse a file by its name before a byte of it is taken; by the browser's word where the name says nothing.

        Raises UnsupportedError. What claims to be something else is found out once it is here.
        """
        claimed = claim_by_name(name) or declared_type or UNKNOWN_TYPE
        if kind_of(claimed).key != "unknown" and not self.accepts(claimed):
            raise kind_refused()

    @property
    def refused_kinds(self) -> tuple[Kind, ...]:
        """The kinds that are not accepted, as forms list them."""
        return tuple(kind for key, kind in KINDS.items() if key in self.refused)

    @property
    def refused_suffixes(self) -> tuple[str, ...]:
        """The ends of names that are not accepted."""
        return tuple(end for end, media_type in SUFFIXES.items() if end not in SHARED and not self.accepts(media_type))


async def policy_of(uow: UnitOfWork) -> Policy:
    """Return the rules of the tenant."""
    row = (await uow.session.execute(_READ, {"tenant_id": uow.tenant_id})).one_or_none()
    return Policy(row.openers, frozenset(row.refused)) if row else Policy()


async def change_policy(uow: UnitOfWork, policy: Policy) -> None:
    """Decide anew. Files that are here already stay; InvalidError for a role or a kind that there is not."""
    if policy.openers not in get_args(Openers) or policy.refused - KINDS.keys():
        raise no_such_rule()
    refused = sorted(policy.refused)
    await uow.session.execute(_WRITE, {"tenant_id": uow.tenant_id, "openers": policy.openers, "refused": refused})
    await uow.audit(
        "files.policy_changed", f"tenant:{uow.tenant_id}", openers=policy.openers, refused=" ".join(refused)
    )
