"""The tables of auth."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Account(Base):
    """A person who may sign in, once ``state`` is ``active``. An address is unique among the active ones."""

    __tablename__ = "accounts"
    __table_args__ = ({"schema": "auth"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    state: Mapped[str]
    locale: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    activated_at: Mapped[datetime | None]


class Verification(Base):
    """The link in a registration's mail, by the hash of its token."""

    __tablename__ = "verifications"
    __table_args__ = ({"schema": "auth"},)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("auth.accounts.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
