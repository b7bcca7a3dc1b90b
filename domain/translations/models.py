"""The tables of translations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, FetchedValue, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, TenantBase


class Wording(Base):
    """A text in force in the tenant's own words: the projection that pages and mails of all features read."""

    __tablename__ = "wordings"
    __table_args__ = ({"schema": "platform"},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    forms: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Change(TenantBase):
    """Who changed a text, from what to what; ``None`` stands for the product's own text."""

    __tablename__ = "changes"
    __table_args__ = ({"schema": "translations"},)

    locale: Mapped[str]
    domain: Mapped[str]
    source: Mapped[str]
    forms: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    before: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    batch_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class Batch(TenantBase):
    """Many changes at once: a file that is imported, a word that is replaced, or such a batch taken back."""

    __tablename__ = "batches"
    __table_args__ = ({"schema": "translations"},)

    kind: Mapped[str]
    locale: Mapped[str]
    domain: Mapped[str]
    name: Mapped[str]
    content: Mapped[bytes | None]
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class BatchItem(Base):
    """One change of a batch; its ``position`` is the line of a file. ``fault`` says why it is left out."""

    __tablename__ = "batch_items"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "batch_id"], ["translations.batches.tenant_id", "translations.batches.id"], ondelete="CASCADE"
        ),
        {"schema": "translations"},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str]
    source: Mapped[str]
    forms: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    before: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    applied: Mapped[bool] = mapped_column(default=False)
