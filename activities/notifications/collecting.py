"""The regular look at what people were told: which mails are to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import structlog
from temporalio import activity

from core.db import Database
from core.notices import NoticeKind, tenants_with_mail
from domain.notifications import mailing
from domain.notifications.types import Collected, MailInput

log = structlog.get_logger()

COLLECTED_AT_ONCE = 500
"""What one look begins; a workflow may have 2,000 children at most."""


class CollectingActivities:
    """Sorts new notifications into mails, tenant by tenant."""

    def __init__(self, db: Database, kinds: Mapping[str, NoticeKind]) -> None:
        self._db = db
        self._kinds = kinds

    @activity.defn(name="notifications.collect_once")
    async def collect_once(self) -> Collected:
        """Return the mails that are due, the tenants in turns. One is named again until its workflow has begun."""
        due: list[Sequence[MailInput]] = []
        for tenant_id in await tenants_with_mail(self._db):
            try:
                async with self._db.unit_of_work(tenant_id, "notifications") as uow:
                    await mailing.sort(uow, self._kinds)
                    due.append(await mailing.due(uow))
            except Exception:  # noqa: BLE001  # one tenant must not keep the mails of the others waiting
                await log.aerror("notifications not sorted; the next look tries again", tenant=tenant_id, exc_info=True)
        return Collected(_in_turns(due)[:COLLECTED_AT_ONCE])


def _in_turns(due: Sequence[Sequence[MailInput]]) -> tuple[MailInput, ...]:
    """Return the first mail of each tenant, then the second of each."""
    rounds = zip_longest(*due)
    return tuple(mail for mails in rounds for mail in mails if mail is not None)
