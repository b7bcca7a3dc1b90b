"""The mails of branding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.mail import Mail
from core.messages import messages_of

if TYPE_CHECKING:
    from core.mail import MailBrand
    from domain.branding.types import TestMail

N_ = messages_of("branding")


def sample(wanted: TestMail, *, key: str, brand: MailBrand, url: str) -> Mail:
    """Return the mail that shows an admin how mails look."""
    return Mail(
        key=key,
        to_name=wanted.name,
        to_address=wanted.address,
        subject=N_("This is how emails from {tenant} look", tenant=brand.name),
        template="branding/sample",
        locale=wanted.locale,
        tenant_id=wanted.tenant_id,
        params={"name": wanted.name, "tenant": brand.name, "url": url},
        brand=brand,
    )
