"""Submissions that were done, with their answers, for as long as a person may still send them again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import text

from core.db.submission import GivenAnswer, SubmittedError

if TYPE_CHECKING:
    from core.db import Database
    from core.db.submission import Submission

GATEWAY = "gateway"
HOURS_KEPT = 24

FIND = text("select status, headers, body from platform.submissions where tenant_id = :tenant_id and key = :key ")
KEEP = text(
    "update platform.submissions set status = :status, headers = cast(:headers as jsonb), body = :body "
    "where tenant_id = :tenant_id and key = :key"
)
FORGET = text("""
    delete from platform.submissions where (tenant_id, key) in (
        select tenant_id, key from platform.submissions
        where created_at < now() - make_interval(hours => :hours) order by created_at limit :most
    )
""")


class Submissions:
    """The table of submissions. They are claimed by the unit of work that has their effect."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def check(self, submission: Submission) -> None:
        """Raise SubmittedError, with its answer if one was made, for a submission that was done."""
        async with self._db.unit_of_work(submission.tenant_id, GATEWAY) as uow:
            key = {"tenant_id": submission.tenant_id, "key": submission.key}
            row = (await uow.session.execute(FIND, key)).first()
        if row is None:
            return
        raise SubmittedError(None if row.status is None else GivenAnswer(row.status, row.headers, row.body))

    async def keep(self, submission: Submission, answer: GivenAnswer) -> None:
        """Keep the answer of a submission that was done."""
        async with self._db.unit_of_work(submission.tenant_id, GATEWAY, durable=False) as uow:
            await uow.session.execute(
                KEEP,
                {
                    "tenant_id": submission.tenant_id,
                    "key": submission.key,
                    "status": answer.status,
                    "headers": json.dumps(dict(answer.headers)),
                    "body": answer.body,
                },
            )

    async def forget_old(self, most: int) -> None:
        """Forget the oldest of those that nobody sends again any more; safe to repeat."""
        async with self._db.platform_unit_of_work() as uow:
            await uow.session.execute(FORGET, {"hours": HOURS_KEPT, "most": most})
