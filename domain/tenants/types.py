"""What travels between the pages, the workflow and the activities of tenants: frozen, plain, without a database."""

# ruff: noqa: TC003  # the payload converter reads the annotations at run time
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Founder:
    """The person who creates a tenant and owns it, as others there will see them."""

    id: UUID
    name: str
    email: str


@dataclass(frozen=True)
class NewTenant:
    """A tenant that does not exist yet. Its id is chosen before anything is written: each step finds its own."""

    id: UUID
    slug: str
    name: str
    locale: str
    founder: Founder


@dataclass(frozen=True)
class WorkspaceSettings:
    """What those who run a tenant decide for all its people; None leaves it to each of them."""

    name: str
    locale: str | None
    timezone: str | None
    theme: str


@dataclass(frozen=True)
class ProvisionInput:
    """Somebody wants a tenant; ``tenant_id`` is the platform's own, where the run lives."""

    tenant_id: UUID
    actor_id: UUID
    new: NewTenant


@dataclass(frozen=True)
class ProvisionResult:
    """``ready``."""

    outcome: str
