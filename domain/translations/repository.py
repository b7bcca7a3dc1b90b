"""All queries on wordings and their history. Row-level security keeps every one of them within one tenant."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy import delete, func, select, text as sql
from sqlalchemy.dialects.postgresql import insert

from domain.translations.errors import no_such_batch, no_such_version
from domain.translations.models import Batch, BatchItem, Change, Wording

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.translations.product import ProductText

Forms: TypeAlias = tuple[str, ...]

AT_ONCE = 100
"""Changes of a batch that are read or written in one go: a hundredth of a second for the loop."""

ITEMS = cast("Table", BatchItem.__table__)

NEXT_VERSION = sql("""
    insert into platform.wording_versions as known (tenant_id, version) values (:tenant_id, 1)
    on conflict (tenant_id) do update set version = known.version + 1
""")


class WordingRepository:
    """Wordings, changes and batches, within one transaction."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def next_version(self) -> None:
        """Have every process read the wordings anew; until commit, nobody else changes one."""
        await self._session.execute(NEXT_VERSION, {"tenant_id": self._tenant_id})

    async def all(self, locale: str) -> Mapping[tuple[str, str], Forms]:
        """Return the tenant's own texts in a language, by catalogue and English."""
        query = select(Wording.domain, Wording.source, Wording.forms).where(Wording.locale == locale)
        rows = await self._session.execute(query)
        return {(row.domain, row.source): tuple(row.forms) for row in rows}

    async def one(self, text: ProductText, locale: str) -> Forms | None:
        """Return the tenant's own wording of a text."""
        query = select(Wording.forms).filter_by(locale=locale, domain=text.domain, source=text.source)
        forms = (await self._session.scalars(query)).one_or_none()
        return tuple(forms) if forms else None

    async def put(self, text: ProductText, locale: str, forms: Forms | None) -> None:
        """Write a wording; None leaves the product's own text."""
        key = {"tenant_id": self._tenant_id, "locale": locale, "domain": text.domain, "source": text.source}
        if forms is None:
            await self._session.execute(delete(Wording).filter_by(**key))
        else:
            write = insert(Wording).values(**key, forms=list(forms))
            await self._session.execute(
                write.on_conflict_do_update(constraint="wordings_pkey", set_={"forms": write.excluded.forms})
            )

    async def history(self, text: ProductText, locale: str, limit: int) -> Sequence[Change]:
        """Return the newest changes of a text. Ids sort by time."""
        query = select(Change).filter_by(locale=locale, domain=text.domain, source=text.source)
        return (await self._session.scalars(query.order_by(Change.id.desc()).limit(limit))).all()

    async def change(self, text: ProductText, locale: str, change_id: UUID) -> Change:
        """Return one change of a text; raises NotFoundError."""
        query = select(Change).filter_by(id=change_id, locale=locale, domain=text.domain, source=text.source)
        found = (await self._session.scalars(query)).one_or_none()
        if found is None:
            raise no_such_version()
        return found

    async def forget_changes_of(self, batch_id: UUID) -> None:
        """Take the changes of a batch out of the history."""
        await self._session.execute(delete(Change).where(Change.batch_id == batch_id))

    async def batch(self, batch_id: UUID) -> Batch:
        """Return a batch; raises NotFoundError."""
        found = await self.find_batch(batch_id)
        if found is None:
            raise no_such_batch()
        return found

    async def find_batch(self, batch_id: UUID) -> Batch | None:
        """Return a batch, if it is there."""
        return await self._session.get(Batch, (self._tenant_id, batch_id))

    async def newest_batches(self, limit: int) -> Sequence[Batch]:
        """Return the newest batches."""
        return (await self._session.scalars(select(Batch).order_by(Batch.id.desc()).limit(limit))).all()

    async def items(self, batch_id: UUID, *conditions: ColumnElement[bool]) -> AsyncIterator[Sequence[BatchItem]]:
        """Yield the changes of a batch in their order, a hundred at a time: to read thousands holds the loop.

        What has been changed of them is written before the next ones come.
        """
        query = select(BatchItem).where(BatchItem.batch_id == batch_id, *conditions).order_by(BatchItem.position)
        last = -1
        while found := (await self._session.scalars(query.where(BatchItem.position > last).limit(AT_ONCE))).all():
            last = found[-1].position
            yield found
            await self._session.flush()
            for item in found:
                self._session.expunge(item)

    async def first_items(self, batch_id: UUID, condition: ColumnElement[bool], most: int) -> Sequence[BatchItem]:
        """Return the first of the changes that a condition holds for."""
        query = select(BatchItem).where(BatchItem.batch_id == batch_id, condition)
        return (await self._session.scalars(query.order_by(BatchItem.position).limit(most))).all()

    async def count_items(self, batch_id: UUID, condition: ColumnElement[bool]) -> int:
        """Return for how many of the changes a condition holds."""
        query = select(func.count()).select_from(BatchItem).where(BatchItem.batch_id == batch_id, condition)
        return await self._session.scalar(query) or 0

    async def add_items(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add changes to a batch, a hundred at a time, each made when its turn comes."""
        coming = iter(rows)
        while together := list(islice(coming, AT_ONCE)):
            await self._session.execute(ITEMS.insert(), together)

    async def forget_items(self, batch_id: UUID) -> None:
        """Remove the changes that a batch holds."""
        await self._session.execute(delete(BatchItem).where(BatchItem.batch_id == batch_id))

    async def forget_batch(self, batch_id: UUID) -> None:
        """Remove a batch and what it holds."""
        await self._session.execute(delete(Batch).where(Batch.id == batch_id))

    def add(self, *rows: Change | Batch | BatchItem) -> None:
        """Add new rows."""
        self._session.add_all(rows)
