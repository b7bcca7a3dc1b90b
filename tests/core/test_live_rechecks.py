"""Streams whose sessions are asked about again, one by one, and those that nobody can be asked about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from core.context import Context, Person, TenantFacts
from core.ids import new_id
from core.live import Subscription
from core.live.rechecks import Rechecks
from core.live.viewer import Groups

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

ACME, GLOBEX = (TenantFacts(new_id(), name.lower(), name) for name in ("Acme", "Globex"))


def stream(tenant: TenantFacts) -> Subscription:
    person = Person(new_id(), "Ada", "ada@example.com")
    return Subscription(Context(tenant=tenant, person=person, role="member"), None, Groups())


class AnswersForAcmeAlone:
    """Refuses one stream of Acme, and cannot be reached for Globex."""

    def __init__(self, refused: Subscription) -> None:
        self._refused = refused

    async def __call__(self, tenant_id: UUID, subscriptions: Sequence[Subscription]) -> Collection[Subscription]:
        if tenant_id == GLOBEX.id:
            await asyncio.Event().wait()
        return [one for one in subscriptions if one is not self._refused]


@pytest.mark.parametrize(("patience", "ending"), [(60, None), (0, "revoked")])
async def test_a_tenant_that_cannot_be_asked_about_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, patience: int, ending: str | None
) -> None:
    monkeypatch.setattr("core.live.rechecks.CHECK_WITHIN", 0.05)
    monkeypatch.setattr("core.live.rechecks.UNCHECKED_SECONDS", patience)
    revoked, kept, unknown = stream(ACME), stream(ACME), stream(GLOBEX)
    rechecks = Rechecks(AnswersForAcmeAlone(revoked))
    rechecks.begin()

    await rechecks.end_refused([revoked, kept, unknown])

    assert (revoked.ending, kept.ending, unknown.ending) == ("revoked", None, ending)
