"""The tables of notifications. ``platform.notices`` is appended to by every feature, and read by this one alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import FetchedValue
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, TenantBase
from core.notices import message_from_json

if TYPE_CHECKING:
    from core.messages import Message


class Notice(TenantBase):
    """One thing that one person is told.

    ``mail`` says how far it is on its way into a mail: ``new`` until it was looked at, then ``none``, or ``due`` (its
    workflow is to be started), ``waiting`` and ``sent``, with the ``pace`` it was sorted by and the mail it goes with.
    """

    __tablename__ = "notices"
    __table_args__ = ({"schema": "platform"},)

    user_id: Mapped[UUID]
    key: Mapped[str]
    kind: Mapped[str]
    message: Mapped[dict[str, Any]]
    detail: Mapped[dict[str, Any] | None]
    tone: Mapped[str]
    href: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    read_at: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(server_default=FetchedValue())
    pace: Mapped[str] = mapped_column(server_default=FetchedValue())
    mailing_id: Mapped[UUID | None]

    @property
    def title(self) -> Message:
        """What it is about."""
        return message_from_json(self.message)

    @property
    def words(self) -> Message | None:
        """How it stands, in a few words."""
        return message_from_json(self.detail) if self.detail else None


class ChoiceRow(Base):
    """What a person wants of a kind, where they have chosen."""

    __tablename__ = "choices"
    __table_args__ = ({"schema": "notifications"},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    in_product: Mapped[bool]
    mail: Mapped[str]
