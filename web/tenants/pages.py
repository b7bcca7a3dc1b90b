"""What the templates of tenants receive: a tested contract, since themes are written against it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.context import Role
from core.i18n.names import Language, Region
from core.identity import Membership
from core.messages import Message, messages_of
from core.runs.card import RunCard
from core.theming import ThemeCard
from domain.tenants.repository import Member
from web.tenants.forms import TenantForm, WorkspaceForm

N_ = messages_of("tenants")

# Translators: The role of one person in a workspace.
ROLES: dict[Role, Message] = {
    "owner": N_("Owner"),
    "admin": N_("Admin"),
    "member": N_("Member"),
    "guest": N_("Guest"),
}


@dataclass(frozen=True, slots=True)
class TenantRow:
    """A tenant that the reader may enter."""

    membership: Membership
    host: str

    @property
    def role(self) -> Message:
        """What the reader is there."""
        return ROLES[self.membership.role]


@dataclass(frozen=True, slots=True)
class TenantListPage:
    """``/tenants``: the reader's tenants, and those that are being built."""

    rows: tuple[TenantRow, ...]
    cards: tuple[RunCard, ...]


@dataclass(frozen=True, slots=True)
class Switcher:
    """The slot ``tenants.switcher``: the reader's tenants, ``here`` among them."""

    rows: tuple[TenantRow, ...]
    here: UUID


@dataclass(frozen=True, slots=True)
class WorkspacePage:
    """``/admin/workspace``: what there is to decide for all people of the tenant."""

    form: WorkspaceForm
    languages: tuple[Language, ...]
    regions: tuple[Region, ...]
    themes: tuple[ThemeCard, ...]
    is_saved: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """What is known of a slug while it is typed; ``objection`` is None for one that can be had."""

    slug: str
    objection: Message | None


@dataclass(frozen=True, slots=True)
class NewTenantPage:
    """``/tenants/new``. ``base`` is what stands behind the slug in the tenant's host."""

    form: TenantForm
    base: str
    availability: Availability | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person of the tenant."""

    member: Member
    is_reader: bool

    @property
    def role(self) -> Message:
        """What the person is here."""
        return next(title for role, title in ROLES.items() if role == self.member.role)


@dataclass(frozen=True, slots=True)
class MembersPage:
    """``/members``: those who run the tenant first."""

    rows: tuple[MemberRow, ...]
