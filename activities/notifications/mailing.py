"""The side effects of one mail about unread notifications."""

from __future__ import annotations

from temporalio import activity

from core.db import Database
from core.errors import InvalidError
from core.identity.hosts import Hosts
from core.mail import Mailer
from domain.notifications import mailing, mails
from domain.notifications.types import MailInput, MailResult


class MailingActivities:
    """Steps of ``notifications.mail``."""

    def __init__(self, db: Database, mailer: Mailer, hosts: Hosts) -> None:
        self._db = db
        self._mailer = mailer
        self._hosts = hosts

    @activity.defn(name="notifications.gather")
    async def gather(self, mail: MailInput) -> None:
        """Take over the notifications of the mail."""
        async with self._db.unit_of_work(mail.tenant_id, "notifications") as uow:
            await mailing.begin(uow, mail)

    @activity.defn(name="notifications.drop")
    async def drop(self, mail: MailInput) -> None:
        """Undo ``gather``: no mail is sent, and the notifications stay where they are read."""
        async with self._db.unit_of_work(mail.tenant_id, "notifications") as uow:
            await mailing.drop(uow, mail)

    @activity.defn(name="notifications.send")
    async def send(self, mail: MailInput) -> MailResult:
        """Send what is still unread. After a crash it may go out again, with the same Message-ID: readers show one."""
        async with self._db.unit_of_work(mail.tenant_id, "notifications") as uow:
            letter = await mailing.close(uow, mail)
        if not letter.unread:
            return MailResult("read")
        if letter.receiver is None:
            return MailResult("unreachable")
        try:
            key = f"notifications/{mail.mailing_id}"
            await self._mailer.send(mails.unread(letter.receiver, letter.unread, self._hosts, key=key))
        except InvalidError:
            return MailResult("unreachable")  # nobody could do anything about it from here
        return MailResult("sent")
