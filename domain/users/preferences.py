"""What a person chose of how things are shown, the same in all their tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, Uuid, column, select, table
from sqlalchemy.dialects.postgresql import insert

from core.identity import Look

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

FIELDS = ("locale", "timezone", "colour_scheme", "theme")
PREFERENCES = table(
    "preferences", column("user_id", Uuid), *(column(name, String) for name in FIELDS), schema="platform"
)


class PreferenceRepository:
    """The preferences of one person at a time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, user_id: UUID) -> Look:
        """Return what the person chose; nothing, before they ever have."""
        query = select(*(PREFERENCES.c[name] for name in FIELDS)).where(PREFERENCES.c.user_id == user_id)
        row = (await self._session.execute(query)).one_or_none()
        return Look(*row) if row else Look()

    async def choose(self, user_id: UUID, **chosen: str | None) -> None:
        """Keep some choices, or with None give them up; the others stay, also when two devices choose at once."""
        query = insert(PREFERENCES).values(user_id=user_id, **chosen)
        await self._session.execute(query.on_conflict_do_update(index_elements=["user_id"], set_=chosen))
