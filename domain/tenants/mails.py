"""The mails of tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.mail import Mail
from core.messages import messages_of

if TYPE_CHECKING:
    from domain.tenants.types import NewTenant

N_ = messages_of("tenants")


def welcome(new: NewTenant, *, key: str, url: str, locale: str) -> Mail:
    """Return the mail that greets the founder of a new tenant."""
    return Mail(
        key=key,
        to_name=new.founder.name,
        to_address=new.founder.email,
        subject=N_("The workspace {tenant} is ready", tenant=new.name),
        template="tenants/welcome",
        locale=locale,
        tenant_id=new.id,
        params={"name": new.founder.name, "tenant": new.name, "url": url},
    )
