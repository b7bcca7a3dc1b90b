"""The tables of files."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, TenantBase

if TYPE_CHECKING:
    from domain.files.types import Verdict

IN_WORK = frozenset({"receiving", "pending"})


class File(TenantBase):
    """A file that somebody uploads, from its first byte on. It is served only while ``is_available``.

    Where the scanner could not look inside, it was ``sealed`` until somebody opened it, at ``opened_at``.

    Its ``state`` is ``receiving`` while its bytes arrive, ``pending`` while it is looked at, then the verdict; its
    ``charge`` says how its size counts against the tenant's space (see ``quota``).
    """

    __tablename__ = "files"
    __table_args__ = ({"schema": "files"},)

    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes | None]
    declared_type: Mapped[str]
    type: Mapped[str | None]
    state: Mapped[str]
    charge: Mapped[str]
    scanner: Mapped[str] = mapped_column(default="")
    signature: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    uploader_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    trashed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    opened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime | None]

    @property
    def verdict(self) -> Verdict | None:
        """What was found out about it; None while it arrives or is looked at."""
        return None if self.state in IN_WORK else cast("Verdict", self.state)

    @property
    def is_sealed(self) -> bool:
        """Whether it is closed until somebody opens it."""
        return self.state == "sealed" and self.trashed_at is None

    @property
    def is_available(self) -> bool:
        """Whether its bytes may be handed out: found clean, and not in the trash."""
        return self.state == "ready" and self.trashed_at is None


class Rendition(Base):
    """A WebP picture of a file: its thumbnail or one page of its preview."""

    __tablename__ = "renditions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "file_id"], ["files.files.tenant_id", "files.files.id"], ondelete="CASCADE"),
        {"schema": "files"},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
