"""The mail about what a person has not read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.mail import Mail, MailingList
from core.messages import messages_of
from domain.notifications.types import MOST_IN_MAIL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.identity.hosts import Hosts
    from domain.notifications.mailing import Receiver
    from domain.notifications.models import Notice

N_ = messages_of("notifications")


def unread(receiver: Receiver, notices: Sequence[Notice], hosts: Hosts, *, key: str) -> Mail:
    """Return the mail that lists what is unread, the newest first. ``notices`` holds at least one."""
    items = [
        {"title": notice.title, "words": notice.words, "url": hosts.url(receiver.tenant_slug, notice.href)}
        for notice in notices[:MOST_IN_MAIL]
    ]
    subject = (
        notices[0].title
        if len(notices) == 1
        else N_(
            "{count} new notification in {tenant}",
            "{count} new notifications in {tenant}",
            count=len(notices),
            tenant=receiver.tenant_name,
        )
    )
    choices_url = hosts.url(receiver.tenant_slug, "/preferences/notifications")
    return Mail(
        key=key,
        to_name=receiver.name,
        to_address=receiver.email,
        subject=subject,
        template="notifications/unread",
        locale=receiver.locale,
        tenant_id=notices[0].tenant_id,
        params={
            "name": receiver.name,
            "tenant": receiver.tenant_name,
            "items": items,
            "more": max(0, len(notices) - MOST_IN_MAIL),
            "count": len(notices),
            "url": hosts.url(receiver.tenant_slug, "/notifications"),
            "choices_url": choices_url,
        },
        list=MailingList(
            receiver.tenant_name, f"notifications.{urlsplit(hosts.url(receiver.tenant_slug)).hostname}", choices_url
        ),
    )
