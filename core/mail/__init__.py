"""Outgoing mail: rendered in the receiver's language, checked byte by byte, and the same mail when it is sent again."""

from __future__ import annotations

from core.mail.checking import UnsafeMailError
from core.mail.letter import Contact, Mail, MailBrand, MailingList, mail_brand
from core.mail.mailer import Mailer

__all__ = ["Contact", "Mail", "MailBrand", "Mailer", "MailingList", "UnsafeMailError", "mail_brand"]
