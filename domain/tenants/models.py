"""The tables of tenants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Slug(Base):
    """An address that is taken, from the first step of provisioning on."""

    __tablename__ = "slugs"
    __table_args__ = ({"schema": "tenants"},)

    slug: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    reserved_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class Tenant(Base):
    """A tenant. Others see it through ``platform.tenants``, and only once it is ready."""

    __tablename__ = "tenants"
    __table_args__ = ({"schema": "tenants"},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    ready_at: Mapped[datetime | None]


class Membership(Base):
    """That a person belongs to a tenant, and as what: owner, admin, member or guest."""

    __tablename__ = "memberships"
    __table_args__ = ({"schema": "tenants"},)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.tenants.tenant_id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
