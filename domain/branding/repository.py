"""All queries on brands. Row-level security keeps every one of them within the tenant of its transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from domain.branding.models import Draft, Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

SHOWN = text("select version_id from platform.brands")
SHOW = text("""
    insert into platform.brands (tenant_id, version_id, number, digest, facts, published_at)
    select v.tenant_id, v.id, v.number, v.digest, cast(:facts as jsonb), v.published_at
    from branding.versions v where v.id = :version_id
    on conflict (tenant_id) do update set version_id = excluded.version_id, number = excluded.number,
        digest = excluded.digest, facts = excluded.facts, published_at = excluded.published_at
""")
HIDE = text("delete from platform.brands")
IS_BEING_PUBLISHED = text("""
    select exists (select from platform.runs where subject_kind = 'brand' and ended_at is null)
""")
# Versions are numbered one after the other, and the one shown is replaced by one at a time.
TAKE_TURNS = text("select pg_advisory_xact_lock(hashtextextended('branding' || current_setting('adx.tenant_id'), 0))")


class BrandRepository:
    """The draft, the versions and the one that is shown, within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def draft(self) -> Draft | None:
        """Return what the admins are working on."""
        return (await self._session.scalars(select(Draft))).one_or_none()

    async def keep_draft(self, tenant_id: UUID, actor_id: UUID, **parts: Mapping[str, Any]) -> None:
        """Write ``look``, ``assets`` or both; what is not given stays."""
        changed = {**parts, "changed_by": actor_id, "changed_at": func.clock_timestamp()}
        row = {"tenant_id": tenant_id, "look": {}, "assets": {}, **changed}
        statement = insert(Draft).values(row)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=changed))

    async def discard_draft(self) -> None:
        """Forget what the admins were working on."""
        await self._session.execute(delete(Draft))

    async def take_turns(self) -> None:
        """Wait until nobody else changes which version of this tenant is shown, or what its pictures are made from."""
        await self._session.execute(TAKE_TURNS)

    async def versions(self) -> Sequence[Version]:
        """Return all versions, the newest first."""
        return (await self._session.scalars(select(Version).order_by(Version.number.desc()))).all()

    async def version(self, version_id: UUID) -> Version | None:
        """Return one version."""
        return (await self._session.scalars(select(Version).where(Version.id == version_id))).one_or_none()

    async def numbered(self, number: int) -> Version | None:
        """Return the version with a number."""
        return (await self._session.scalars(select(Version).where(Version.number == number))).one_or_none()

    async def with_digest(self, digest: str) -> Version | None:
        """Return a version with this content; of several the content is the same."""
        query = select(Version).where(Version.digest == digest).order_by(Version.number.desc()).limit(1)
        return (await self._session.scalars(query)).one_or_none()

    async def all_assets(self) -> Sequence[Mapping[str, Any]]:
        """Return the pictures of the draft and of every version, as they are stored."""
        query = select(Draft.assets).union_all(select(Version.assets))
        return (await self._session.scalars(query)).all()

    async def is_being_published(self) -> bool:
        """Whether a publication has been asked for that has not ended."""
        return bool((await self._session.execute(IS_BEING_PUBLISHED)).scalar_one())

    async def next_number(self) -> int:
        """Return the number of the next version."""
        return ((await self._session.scalars(select(func.max(Version.number)))).one() or 0) + 1

    async def add(self, version: Version) -> None:
        """Write a version."""
        self._session.add(version)
        await self._session.flush()

    async def remove(self, version_id: UUID) -> None:
        """Delete a version that was taken back."""
        await self._session.execute(delete(Version).where(Version.id == version_id))

    async def shown(self) -> UUID | None:
        """Return the id of the version that everybody sees."""
        return (await self._session.execute(SHOWN)).scalar_one_or_none()

    async def show(self, version_id: UUID, facts: Mapping[str, Any]) -> None:
        """Have everybody see a version. All that is written comes from it, so showing it again writes the same."""
        await self._session.execute(SHOW, {"version_id": version_id, "facts": json.dumps(facts)})

    async def hide(self) -> None:
        """Have everybody see the theme's own look."""
        await self._session.execute(HIDE)
