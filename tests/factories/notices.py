"""Notifications as features leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from core.ids import new_id
from core.messages import Message
from core.notices import RUN_NEEDS_YOU, NoticeKind, notify

if TYPE_CHECKING:
    from core.context import Context
    from core.db import Database


async def tell(
    db: Database,
    who: Context,
    name: str = "plans.pdf",
    *,
    kind: NoticeKind = RUN_NEEDS_YOU,
    key: str | None = None,
    href: str = "/runs",
) -> UUID:
    """Tell the person of a context about a file, as the feature ``files`` would; returns the newest one's id."""
    assert who.person is not None
    async with db.unit_of_work(who, "files") as uow:
        await notify(
            uow,
            user_id=who.person.id,
            kind=kind,
            key=key or str(new_id()),
            message=Message("files", "Preparing {name}", {"name": name}),
            detail=Message("files", "Ready"),
            href=href,
        )
        return UUID(uow.facts[-1].fact.key) if uow.facts else UUID(int=0)
