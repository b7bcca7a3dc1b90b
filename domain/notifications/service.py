"""What a person may do with their notifications, each within the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from core.live.fact import only
from core.notices import CHANGED, MailPace
from domain.notifications.errors import no_such_choice
from domain.notifications.repository import NoticeRepository
from domain.notifications.types import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import UnitOfWork
    from core.notices import NoticeKind


async def read(uow: UnitOfWork, user_id: UUID, notice_id: UUID) -> None:
    """Mark one as read, on every page and device of the person. Repeatable; NotFoundError for what is not theirs."""
    if await NoticeRepository(uow.session, user_id).mark_read(notice_id):
        _tell(uow, user_id)


async def read_all(uow: UnitOfWork, user_id: UUID, *, until: UUID | None = None) -> None:
    """Mark all as read, or those no newer than ``until``: what arrives while somebody presses stays unread."""
    if await NoticeRepository(uow.session, user_id).mark_all_read(until=until):
        _tell(uow, user_id)


async def choose(
    uow: UnitOfWork, user_id: UUID, kinds: Mapping[str, NoticeKind], choices: Mapping[str, Choice]
) -> None:
    """Keep what a person wants of each kind; InvalidError for a kind or pace that there is not."""
    if choices.keys() - kinds.keys() or any(choice.mail not in get_args(MailPace) for choice in choices.values()):
        raise no_such_choice()
    await NoticeRepository(uow.session, user_id).choose(uow.tenant_id, choices)
    _tell(uow, user_id)


async def choices_of(uow: UnitOfWork, user_id: UUID, kinds: Mapping[str, NoticeKind]) -> dict[str, Choice]:
    """Return what a person wants of each kind, by choice or by default."""
    chosen = await NoticeRepository(uow.session, user_id).choices()
    return {name: chosen.get(name) or default_of(kind) for name, kind in kinds.items()}


def default_of(kind: NoticeKind) -> Choice:
    """Return what holds until somebody chooses."""
    return Choice(in_product=True, mail=kind.mail)


def _tell(uow: UnitOfWork, user_id: UUID) -> None:
    uow.publish(CHANGED, audience=only(user_id))
