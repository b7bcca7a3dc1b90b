"""The mail that shows an admin how mails look."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import TYPE_CHECKING

from temporalio import activity

from core.mail import mail_brand
from core.runs.effects import begin, effect_key, finish
from domain.branding import mails
from domain.branding.types import TestMail

if TYPE_CHECKING:
    from core.db import Database, UnitOfWork
    from core.identity.hosts import Hosts
    from core.mail import Mailer


class SampleMailActivities:
    """The step of ``branding.test_mail``."""

    def __init__(self, db: Database, mailer: Mailer, hosts: Hosts) -> None:
        self._db = db
        self._mailer = mailer
        self._hosts = hosts

    @activity.defn(name="branding.send_mail")
    async def send_mail(self, wanted: TestMail) -> None:
        """Send it, with the brand that is shown now."""
        key = effect_key("send_mail")
        async with self._work(wanted) as uow:
            brand = await mail_brand(uow, self._hosts) if await begin(uow, key) else None
        if brand:
            mail = mails.sample(wanted, key=key, brand=brand, url=brand.url)
            await finish(partial(self._work, wanted), key, self._mailer.send(mail))

    def _work(self, wanted: TestMail) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._db.unit_of_work(wanted.tenant_id, "branding", actor_id=wanted.actor_id)
