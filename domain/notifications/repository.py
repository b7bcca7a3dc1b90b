"""All queries on notifications. Row security keeps them within the tenant; each of them also names the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core.projections import TENANTS
from domain.notifications.errors import no_such_notice
from domain.notifications.models import ChoiceRow, Notice
from domain.notifications.types import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from uuid import UUID

    from sqlalchemy import BindParameter, ColumnElement, ScalarSelect
    from sqlalchemy.ext.asyncio import AsyncSession

WHO: BindParameter[UUID] = bindparam("user_id")


def _is_shown(notice: type[Notice] = Notice) -> ColumnElement[bool]:
    """Whether it is the person's (``:user_id``), and of no kind that they have silenced."""
    silenced = (
        select(ChoiceRow.kind)
        .where(
            ChoiceRow.tenant_id == notice.tenant_id,
            ChoiceRow.user_id == WHO,
            ChoiceRow.kind == notice.kind,
            ChoiceRow.in_product.is_(False),
        )
        .exists()
    )
    return and_(notice.user_id == WHO, ~silenced)


def _unread() -> ScalarSelect[int]:
    """How many are unread, counting no further than ``:most``."""
    of_page = aliased(Notice)
    unread = select(of_page.id).where(_is_shown(of_page), of_page.read_at.is_(None)).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(unread).scalar_subquery()


SHOWN = select(Notice).where(_is_shown()).order_by(Notice.id.desc()).limit(bindparam("limit"))
UNREAD = select(_unread())
# Every page asks this. To put the statement together anew would take longer than to run it.
NEWEST_AND_UNREAD = select(Notice, _unread()).where(_is_shown()).order_by(Notice.id.desc()).limit(1)


class NoticeRepository:
    """The notifications of one person, within one transaction."""

    def __init__(self, session: AsyncSession, user_id: UUID) -> None:
        self._session = session
        self._user_id = user_id

    async def newest(self, limit: int, *, before: UUID | None = None) -> Sequence[Notice]:
        """Return the newest, all of them older than ``before``, without the kinds that the person has silenced."""
        query = SHOWN.where(Notice.id < before) if before else SHOWN
        return (await self._session.scalars(query, {"user_id": self._user_id, "limit": limit})).all()

    async def has_unread(self) -> bool:
        """Return whether any is unread."""
        return bool(await self._session.scalar(UNREAD, {"user_id": self._user_id, "most": 1}))

    async def newest_and_unread(self, limit: int) -> tuple[Notice | None, int]:
        """Return the newest, and how many are unread, counting no further than ``limit``: what each page asks for."""
        given = {"user_id": self._user_id, "most": limit}
        row = (await self._session.execute(NEWEST_AND_UNREAD, given)).one_or_none()
        return (row[0], row[1]) if row else (None, 0)

    async def mark_read(self, notice_id: UUID) -> bool:
        """Mark one as read; returns whether it was unread. Raises NotFoundError for what is not the person's."""
        notice = (
            await self._session.scalars(select(Notice).where(Notice.id == notice_id, Notice.user_id == self._user_id))
        ).one_or_none()
        if notice is None:
            raise no_such_notice()
        if notice.read_at is not None:
            return False
        notice.read_at = func.now()
        return True

    async def mark_all_read(self, *, until: UUID | None = None) -> bool:
        """Mark everything as read, or what is no newer than ``until``; returns whether anything was unread."""
        query = update(Notice).where(Notice.user_id == self._user_id, Notice.read_at.is_(None))
        if until is not None:
            query = query.where(Notice.id <= until)
        done: Any = await self._session.execute(query.values(read_at=func.now()))
        return bool(done.rowcount)

    async def choices(self) -> dict[str, Choice]:
        """Return what the person has chosen, by kind."""
        rows = await self._session.scalars(select(ChoiceRow).where(ChoiceRow.user_id == self._user_id))
        return {row.kind: choice_of(row) for row in rows}

    async def choose(self, tenant_id: UUID, choices: Mapping[str, Choice]) -> None:
        """Write down what the person wants of each kind."""
        if not choices:
            return
        values = [
            {
                "tenant_id": tenant_id,
                "user_id": self._user_id,
                "kind": kind,
                "in_product": choice.in_product,
                "mail": choice.mail,
            }
            for kind, choice in choices.items()
        ]
        query = insert(ChoiceRow).values(values)
        await self._session.execute(
            query.on_conflict_do_update(
                index_elements=["tenant_id", "user_id", "kind"],
                set_={"in_product": query.excluded.in_product, "mail": query.excluded.mail},
            )
        )


def choice_of(row: ChoiceRow) -> Choice:
    """Return a row as the choice that it holds."""
    return Choice(row.in_product, row.mail)  # type: ignore[arg-type]  # a check of the table


async def all_tenants(session: AsyncSession) -> Sequence[UUID]:
    """Return the ids of all tenants; what they are told is out of reach all the same."""
    return (await session.scalars(select(TENANTS.c.id))).all()


async def remove_old(session: AsyncSession, read: timedelta, unread: timedelta) -> int:
    """Remove what was read, or told and never read, longer ago than this; returns how many."""
    old = or_(Notice.read_at < func.now() - read, Notice.created_at < func.now() - unread)
    done: Any = await session.execute(delete(Notice).where(old))
    return int(done.rowcount)
