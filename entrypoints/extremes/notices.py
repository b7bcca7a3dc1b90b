"""Hundreds of notifications of every kind and tone, half of them unread."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

from core.ids import new_id
from core.messages import Message
from core.notices import message_to_json
from domain.notifications.models import Notice
from entrypoints.extremes.names import params_of
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from core.db import UnitOfWork
    from core.runs.contract import AnyContract

MANY = 500
TONES = ("", "success", "warning", "danger")


def add_notices(uow: UnitOfWork, contracts: Iterable[AnyContract], user_id: UUID) -> None:
    """Write what a person is told; no email follows."""
    uow.session.add_all(
        Notice(tenant_id=uow.tenant_id, id=new_id(), user_id=user_id, key=f"extreme/{number}", **row)
        for number, row in enumerate(_rows(contracts))
    )


def _rows(contracts: Iterable[AnyContract]) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    told = cycle([
        (contract.title, detail)
        for contract in contracts
        for detail in (*(outcome.message for outcome in contract.outcomes.values()), None)
    ])  # fmt: skip
    for number, ((title, detail), tone, kind) in enumerate(
        zip(told, cycle(TONES), cycle(REGISTRY.notice_kinds.values()), strict=False)
    ):
        if number == MANY:
            return
        at = now - timedelta(hours=MANY - number)
        yield {
            "kind": kind.name,
            "message": message_to_json(Message(title.domain, title.text, params_of(title, number), title.plural)),
            "detail": message_to_json(detail) if detail else None,
            "tone": tone,
            "href": "/files",
            "created_at": at,
            "read_at": None if number % 2 else at,
            "mail": "none",
        }
