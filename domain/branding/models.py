"""The tables of branding."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Draft(Base):
    """What the admins of a tenant are working on; nobody else sees it."""

    __tablename__ = "drafts"
    __table_args__ = ({"schema": "branding"},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    look: Mapped[dict[str, Any]]
    assets: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class Version(Base):
    """A version that was published once; never changed after. ``replaces`` is the one that was shown before it."""

    __tablename__ = "versions"
    __table_args__ = ({"schema": "branding"},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    digest: Mapped[str]
    look: Mapped[dict[str, Any]]
    assets: Mapped[dict[str, Any]]
    renditions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    css: Mapped[str]
    replaces: Mapped[UUID | None]
    published_by: Mapped[UUID]
    published_by_name: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
