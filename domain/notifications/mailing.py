"""From notifications to mails: which are wanted, which go together, and what is left of them when the mail goes out.

A mail is a ``mailing_id`` that its notifications share. It gathers all of its pace until it goes out; what comes later
begins another one. Sorting in and closing lock the same rows, so that nothing is sorted into a mail that has gone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import column, func, select, table, update

from core.context import HOME_TENANT_ID, SYSTEM_ACTOR_ID
from core.i18n.negotiate import SOURCE_LOCALE
from core.ids import new_id
from core.notices import PERHAPS_LOST_AFTER
from core.projections import PEOPLE, TENANTS
from domain.notifications.models import ChoiceRow, Notice
from domain.notifications.repository import choice_of
from domain.notifications.service import default_of
from domain.notifications.types import MailInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Select

    from core.db import UnitOfWork
    from core.notices import NoticeKind
    from domain.notifications.types import Choice

SORTED_AT_ONCE = 500
BEGUN_AT_ONCE = 50
"""Mails of one tenant that begin at one look, so that a thousand of its people keep nobody else's mail waiting."""
OPEN = ("due", "waiting")
LOST_LOOKED_AT = 20


PREFERENCES = table("preferences", *map(column, ("user_id", "locale")), schema="platform")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a mail, and of which tenant it tells."""

    name: str
    email: str
    locale: str
    tenant_slug: str
    tenant_name: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail about to go out: to whom (None for somebody who has left), and what is still unread."""

    receiver: Receiver | None
    unread: tuple[Notice, ...]


async def sort(uow: UnitOfWork, kinds: Mapping[str, NoticeKind]) -> None:
    """Decide of each new notification whether it goes into a mail, and into which. Repeatable."""
    fresh = (
        await uow.session.scalars(
            select(Notice).where(Notice.mail == "new").order_by(Notice.id).limit(SORTED_AT_ONCE).with_for_update()
        )
    ).all()
    chosen = await _choices(uow, {notice.user_id for notice in fresh})
    wanted: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    unwanted = []
    for notice in fresh:
        pace = _pace(notice, chosen, kinds)
        if pace == "never" or notice.read_at is not None or uow.tenant_id == HOME_TENANT_ID:
            unwanted.append(notice.id)
        else:
            wanted[notice.user_id, pace].append(notice.id)
    if unwanted:
        await uow.session.execute(update(Notice).where(Notice.id.in_(unwanted)).values(mail="none"))
    for (user_id, pace), ids in sorted(wanted.items()):
        await _join(uow, user_id, pace, ids)


async def due(uow: UnitOfWork) -> list[MailInput]:
    """Return the mails whose workflows have not begun yet: the oldest of them, the others at the next looks.

    And some of those, by chance, so that each has its turn, that should have gone out long ago: they may be lost.
    """
    rows = [
        *await uow.session.execute(
            _mails().where(Notice.mail == "due").order_by(Notice.mailing_id).limit(BEGUN_AT_ONCE)
        ),
        *await uow.session.execute(
            _mails()
            .where(Notice.mail == "waiting")
            .having(func.max(Notice.created_at) < func.now() - PERHAPS_LOST_AFTER)
            .order_by(func.random())
            .limit(LOST_LOOKED_AT)
        ),
    ]
    return [MailInput(uow.tenant_id, SYSTEM_ACTOR_ID, row.mailing_id, row.user_id, row.pace) for row in rows]


def _mails() -> Select[UUID | None, UUID, str]:
    columns = (Notice.mailing_id, Notice.user_id, Notice.pace)
    return select(*columns).group_by(*columns)


async def begin(uow: UnitOfWork, mail: MailInput) -> None:
    """Note that the mail's workflow has begun. Repeatable."""
    await _set(uow, mail, ("due",), "waiting")


async def drop(uow: UnitOfWork, mail: MailInput) -> None:
    """Send nothing; the notifications stay in the product. Repeatable."""
    await _set(uow, mail, OPEN, "none")


async def close(uow: UnitOfWork, mail: MailInput) -> Letter:
    """Let nothing more into the mail, and return what it says now. Repeatable: what was read meanwhile falls out."""
    # Locked by a statement of its own, so that the next one sees what was sorted in while this one waited.
    await uow.session.execute(
        select(Notice.id).where(Notice.mailing_id == mail.mailing_id, Notice.mail.in_(OPEN)).with_for_update()
    )
    await _set(uow, mail, OPEN, "sent")
    unread = await uow.session.scalars(
        select(Notice)
        .where(Notice.mailing_id == mail.mailing_id, Notice.mail == "sent", Notice.read_at.is_(None))
        .order_by(Notice.id.desc())
    )
    return Letter(await _receiver(uow, mail.user_id), tuple(unread))


async def _choices(uow: UnitOfWork, people: set[UUID]) -> dict[tuple[UUID, str], Choice]:
    rows = await uow.session.scalars(select(ChoiceRow).where(ChoiceRow.user_id.in_(people)))
    return {(row.user_id, row.kind): choice_of(row) for row in rows}


def _pace(notice: Notice, chosen: Mapping[tuple[UUID, str], Choice], kinds: Mapping[str, NoticeKind]) -> str:
    kind = kinds.get(notice.kind)
    if kind is None:
        return "never"
    return (chosen.get((notice.user_id, kind.name)) or default_of(kind)).mail


async def _join(uow: UnitOfWork, user_id: UUID, pace: str, ids: Sequence[UUID]) -> None:
    """Put notifications into the mail of their pace that has not gone out yet, or begin one."""
    open_one = (
        await uow.session.execute(
            select(Notice.mailing_id, Notice.mail)
            .where(Notice.user_id == user_id, Notice.pace == pace, Notice.mail.in_(OPEN))
            .order_by(Notice.id)
            .limit(1)
            .with_for_update()
        )
    ).one_or_none()
    mailing_id, state = tuple(open_one) if open_one else (new_id(), "due")
    await uow.session.execute(
        update(Notice).where(Notice.id.in_(ids)).values(mail=state, pace=pace, mailing_id=mailing_id)
    )


async def _set(uow: UnitOfWork, mail: MailInput, earlier: tuple[str, ...], state: str) -> None:
    await uow.session.execute(
        update(Notice).where(Notice.mailing_id == mail.mailing_id, Notice.mail.in_(earlier)).values(mail=state)
    )


async def _receiver(uow: UnitOfWork, user_id: UUID) -> Receiver | None:
    """Return the person, if they still belong to the tenant and it is open."""
    people, tenants, preferred = PEOPLE.c, TENANTS.c, PREFERENCES.c
    row = (
        await uow.session.execute(
            select(
                people.name,
                people.email,
                func.coalesce(preferred.locale, tenants.locale, SOURCE_LOCALE).label("locale"),
                tenants.slug,
                tenants.name.label("tenant"),
            )
            .select_from(PEOPLE.join(TENANTS, tenants.id == people.tenant_id))
            .outerjoin(PREFERENCES, preferred.user_id == people.user_id)
            .where(people.user_id == user_id, people.state == "active", tenants.state == "active")
        )
    ).one_or_none()
    return Receiver(row.name, row.email, row.locale, row.slug, row.tenant) if row else None
