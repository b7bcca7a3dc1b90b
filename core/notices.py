"""Telling one person something: written with what it tells of, shown by the bell, said in the reader's language there.

Any feature may call :func:`notify` in its own transaction. The rows are a table that features append to and only
``notifications`` reads; they hold :class:`Message` values, never words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import text

from core.context import SYSTEM_ACTOR_ID
from core.ids import new_id
from core.live.events import event
from core.live.fact import only
from core.messages import Message, Octets, messages_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import Database, UnitOfWork
    from core.messages import Scalar

N_ = messages_of("notifications")

MailPace = Literal["never", "unread", "at_once"]
"""When a mail follows: never, when it is still unread after ten minutes, or at once."""

NoticeTone = Literal["", "success", "warning", "danger"]

CHANGED = event("notifications:changed", "A person has a new notification, or has read some: the bell counts again.")

# Without a conflict target: naming one would need the right to read the table.
INSERT = text("""
    insert into platform.notices (tenant_id, id, user_id, key, kind, message, detail, tone, href)
    values (:tenant_id, :id, :user_id, :key, :kind, cast(:message as jsonb), cast(:detail as jsonb), :tone, :href)
    on conflict do nothing
""")
# A mail that has gone says what it says; of what was to be sent by none, or is unread again, the next may tell.
RETELL = text("""
    insert into platform.notices as n (tenant_id, id, user_id, key, kind, message, detail, tone, href)
    values (:tenant_id, :id, :user_id, :key, :kind, cast(:message as jsonb), cast(:detail as jsonb), :tone, :href)
    on conflict (tenant_id, user_id, key) do update
    set kind = excluded.kind, message = excluded.message, detail = excluded.detail, tone = excluded.tone,
        href = excluded.href, read_at = null, mail = case n.mail when 'none' then 'new' else n.mail end
    where (n.kind, n.message, n.detail, n.tone, n.href)
        is distinct from (excluded.kind, excluded.message, excluded.detail, excluded.tone, excluded.href)
    returning id
""")
CORRECT = text("""
    update platform.notices
    set kind = :kind, message = cast(:message as jsonb), detail = cast(:detail as jsonb), tone = :tone, href = :href
    where tenant_id = :tenant_id and user_id = :user_id and key = :key and (kind, message, detail, tone, href)
        is distinct from (cast(:kind as text), cast(:message as jsonb), cast(:detail as jsonb), cast(:tone as text),
            cast(:href as text))
    returning id
""")
WITH_MAIL = text("""
    select tenant_id from (
        select tenant_id from platform.notices where mail in ('new', 'due')
        union
        select tenant_id from platform.notices
        where mail = 'waiting' and created_at < now() - cast(:lost_after as interval)
    ) told
    where not exists (select from platform.tenant_keys k where k.tenant_id = told.tenant_id and k.wrapped is null)
    limit 500
""")
PERHAPS_LOST_AFTER = timedelta(hours=2)
"""A mail waits ten minutes, and is tried for an hour; what waits longer may have lost its workflow."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of thing that people are told, which each of them may silence or have sent by mail.

    ``title`` and ``hint`` stand on the page of preferences, ``icon`` names a symbol of the icon sheet. ``mail`` is what
    holds until somebody chooses. A kind that is not ``announced`` is said to screen readers by something else already.
    """

    name: str
    title: Message
    hint: Message
    icon: str
    mail: MailPace = "never"
    announced: bool = True


# Translators: A kind of notification, in the list of those that one can have by email; then what it tells.
RUN_FINISHED = NoticeKind(
    "runs.finished",
    N_("Workflow finished"),
    N_("Something that took more than a few seconds is done, or was cancelled."),
    icon="run",
    announced=False,
)
# Translators: A kind of notification, in the list of those that one can have by email; then what it tells.
RUN_NEEDS_YOU = NoticeKind(
    "runs.needs_you",
    N_("Workflow stopped"),
    N_("A workflow needs your decision, could not be finished, or did not accept what you gave it."),
    icon="warning",
    mail="unread",
    announced=False,
)
RUN_KINDS = (RUN_FINISHED, RUN_NEEDS_YOU)
"""What the platform itself tells, of every run."""


async def notify(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    kind: NoticeKind,
    key: str,
    message: Message,
    href: str,
    detail: Message | None = None,
    tone: NoticeTone = "",
) -> None:
    """Tell one person of the tenant something, in the transaction of ``uow``.

    ``key`` makes it unique: the same person and key is told once, however often an activity is repeated. ``message`` is
    what it is about, in one sentence or title; ``detail`` a few words on how it stands. ``href`` is a path on the
    tenant's host. Raises ValueError for an address elsewhere.
    """
    if user_id == SYSTEM_ACTOR_ID:
        return
    given = _row(uow, user_id, kind, key, message, href, detail, tone)
    await uow.session.flush()
    inserted: Any = await uow.session.execute(INSERT, given)
    if inserted.rowcount:
        uow.publish(CHANGED, str(given["id"]), audience=only(user_id))


async def retell(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    kind: NoticeKind,
    key: str,
    message: Message,
    href: str,
    detail: Message | None = None,
    tone: NoticeTone = "",
    is_news: bool,
) -> None:
    """Tell one person how something stands that goes on: one notification, which changes with it.

    Where it ``is_news`` it is told, and unread again if it had been read; else only what was told before is corrected.
    For the platform's own runs: other roles cannot change what was told.
    """
    if user_id == SYSTEM_ACTOR_ID:
        return
    given = _row(uow, user_id, kind, key, message, href, detail, tone)
    await uow.session.flush()
    told = (await uow.session.execute(RETELL if is_news else CORRECT, given)).scalar_one_or_none()
    if told is not None:
        uow.publish(CHANGED, str(told), audience=only(user_id))


def _row(  # noqa: PLR0917  # what notify and retell are given
    uow: UnitOfWork,
    user_id: UUID,
    kind: NoticeKind,
    key: str,
    message: Message,
    href: str,
    detail: Message | None,
    tone: NoticeTone,
) -> dict[str, Any]:
    if not href.startswith("/") or href[1:2] in {"/", "\\"}:
        raise ValueError(f"a notice leads to a path of the tenant, not to {href}")
    return {
        "tenant_id": uow.tenant_id,
        "id": new_id(),
        "user_id": user_id,
        "key": key,
        "kind": kind.name,
        "message": json.dumps(message_to_json(message)),
        "detail": json.dumps(message_to_json(detail)) if detail else None,
        "tone": tone,
        "href": href,
    }


async def tenants_with_mail(db: Database) -> list[UUID]:
    """Return the tenants in which somebody was told something that may have to be sent by mail.

    Not those whose data was erased: without a key no workflow of theirs can be begun.
    """
    async with db.platform_unit_of_work() as uow:
        return list((await uow.session.scalars(WITH_MAIL, {"lost_after": PERHAPS_LOST_AFTER})).all())


def message_to_json(message: Message) -> dict[str, Any]:
    """Return a message as plain values."""
    return {
        "domain": message.domain,
        "text": message.text,
        "params": {name: _stored(value) for name, value in message.params.items()},
        "plural": message.plural,
    }


def message_from_json(value: Mapping[str, Any]) -> Message:
    """Return the message that :func:`message_to_json` took apart."""
    params = {name: _kept(param) for name, param in value["params"].items()}
    return Message(value["domain"], value["text"], params, value["plural"])


def _stored(param: Scalar) -> Scalar | dict[str, int]:
    return {"octets": int(param)} if isinstance(param, Octets) else param


def _kept(param: Any) -> Scalar:  # noqa: ANN401  # what JSON holds
    return Octets(param["octets"]) if isinstance(param, dict) else param
