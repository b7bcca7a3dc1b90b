"""All queries on files. Row-level security keeps every one of them within the tenant of its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, or_, select, update

from core.projections import PEOPLE, TENANTS
from domain.files.errors import no_such_file
from domain.files.models import File, Rendition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.files.types import Picture


SEARCHED = 20_000
"""How many of the newest files a search looks at."""


COUNTED = 10_000
"""How many files are counted that have come since a page was read."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file with the names of who uploaded it and, where its page asks, of who opened it."""

    file: File
    uploader: str
    opener: str = ""


class FileRepository:
    """Files and their renditions, within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newest(self, limit: int, *, before: UUID | None = None, first: UUID | None = None) -> list[ListedFile]:
        """Return the newest files that are not in the trash. Ids sort by time.

        All of them are older than ``before``, and none is newer than ``first``.
        """
        query = _with_uploader().where(File.trashed_at.is_(None)).order_by(File.id.desc()).limit(limit)
        query = query.where(File.id < before) if before else query
        rows = await self._session.execute(query.where(File.id <= first) if first else query)
        return [ListedFile(row.File, row.uploader or "") for row in rows]

    async def newer_than(self, first: UUID) -> int:
        """Count the files that are not in the trash and came after ``first``, as far as a line of a page says it."""
        newer = select(File.id).where(File.trashed_at.is_(None), File.id > first).limit(COUNTED).subquery()
        return await self._session.scalar(select(func.count()).select_from(newer)) or 0

    async def found(self, pattern: str, beginning: str, *, limit: int) -> list[ListedFile]:
        """Return files of the tenant whose name is like ``pattern``, first those whose name is like ``beginning``.

        The newest ones are looked at, by the index that lists use, so that a search costs the same in any tenant:
        behind row-level security no index of names could serve ``like``, which PostgreSQL does not hold for leakproof.
        """
        newest = select(File.id).where(File.trashed_at.is_(None)).order_by(File.id.desc()).limit(SEARCHED)
        query = (
            _with_uploader()
            .where(File.id.in_(newest), File.name.ilike(pattern, escape="\\"))
            .order_by(File.name.ilike(beginning, escape="\\").desc(), File.id.desc())
            .limit(limit)
        )
        return [ListedFile(row.File, row.uploader or "") for row in await self._session.execute(query)]

    async def listed(self, file_id: UUID) -> ListedFile:
        """Return a file, in the trash or not, as its page shows it; raises NotFoundError."""
        openers = PEOPLE.alias("openers")
        opener = and_(openers.c.tenant_id == File.tenant_id, openers.c.user_id == File.opened_by)
        query = _with_uploader().add_columns(openers.c.name.label("opener")).outerjoin(openers, opener)
        row = (await self._session.execute(query.where(File.id == file_id))).one_or_none()
        if row is None:
            raise no_such_file()
        return ListedFile(row.File, row.uploader or "", row.opener or "")

    async def get(self, file_id: UUID, *, lock: bool = False) -> File:
        """Return a file in any state, its row locked if asked; raises NotFoundError."""
        file = await self.find(file_id, lock=lock)
        if file is None:
            raise no_such_file()
        return file

    async def find(self, file_id: UUID, *, lock: bool = False) -> File | None:
        """Return a file in any state, or None."""
        query = select(File).where(File.id == file_id)
        return (await self._session.scalars(query.with_for_update() if lock else query)).one_or_none()

    async def has_member(self, user_id: UUID) -> bool:
        """Whether a person belongs to the tenant now, and the tenant is open."""
        query = (
            select(PEOPLE.c.user_id)
            .join(TENANTS, TENANTS.c.id == PEOPLE.c.tenant_id)
            .where(PEOPLE.c.user_id == user_id, PEOPLE.c.state == "active", TENANTS.c.state == "active")
        )
        return (await self._session.scalars(query)).one_or_none() is not None

    async def all_tenants(self) -> Sequence[UUID]:
        """Return the ids of all tenants; their files are out of reach all the same."""
        return (await self._session.scalars(select(TENANTS.c.id))).all()

    async def renew_lease(self, file_id: UUID, lease: timedelta) -> bool:
        """Let a file go on arriving for ``lease`` from now; False if it is not arriving any more."""
        query = (
            update(File)
            .where(File.id == file_id, File.state == "receiving")
            .values(lease_until=func.now() + lease)
            .returning(File.id)
        )
        return (await self._session.execute(query)).first() is not None

    async def stale_uploads(self, age: timedelta) -> Sequence[UUID]:
        """Return the files that never came whole: nothing is heard of them, or they began longer than ``age`` ago."""
        is_over = or_(File.lease_until < func.now(), File.created_at < func.now() - age)
        return (await self._session.scalars(select(File.id).where(File.state == "receiving", is_over))).all()

    async def renditions(self, file_id: UUID) -> Sequence[Rendition]:
        """Return the renditions of a file."""
        return (await self._session.scalars(select(Rendition).where(Rendition.file_id == file_id))).all()

    async def replace_renditions(self, file: File, pictures: Sequence[Picture]) -> None:
        """Record exactly these renditions for a file."""
        await self._session.execute(delete(Rendition).where(Rendition.file_id == file.id))
        self._session.add_all(
            Rendition(
                tenant_id=file.tenant_id,
                file_id=file.id,
                name=picture.name,
                width=picture.width,
                height=picture.height,
                size=picture.size,
            )
            for picture in pictures
        )

    def add(self, file: File) -> None:
        """Add a new file."""
        self._session.add(file)

    async def remove(self, file_id: UUID) -> None:
        """Delete the row of a file, and its renditions with it."""
        await self._session.execute(delete(File).where(File.id == file_id))

    async def now(self) -> datetime:
        """Return the time of the transaction, by the clock of the database."""
        return (await self._session.scalars(select(func.now()))).one()


def _with_uploader() -> Select[tuple[File, str]]:
    """Select the files whose bytes have arrived."""
    people = PEOPLE.c
    return (
        select(File, people.name.label("uploader"))
        .outerjoin(PEOPLE, and_(people.tenant_id == File.tenant_id, people.user_id == File.uploader_id))
        .where(File.state != "receiving")
    )
