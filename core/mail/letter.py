"""What is asked for when a mail is to be sent, and how mails of a tenant look."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.brands import brand_of
from core.context import HOME_TENANT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import UnitOfWork
    from core.identity.hosts import Hosts
    from core.messages import Message

ACCENT, ON_ACCENT = "#2b59d9", "#ffffff"
"""The product's own colour, for mails without a brand."""

TENANT = text("select slug, name from platform.tenants where id = :tenant_id")


@dataclass(frozen=True, slots=True)
class MailBrand:
    """How a tenant's mails look: who sends them, the colours of buttons and links, and the logo by its address."""

    name: str
    url: str
    accent: str = ACCENT
    on_accent: str = ON_ACCENT
    link: str = ACCENT
    logo_url: str = ""
    logo_width: int = 0
    logo_height: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers go to, where that is not the product."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MailingList:
    """What a mail that comes again and again belongs to, by which readers' programs sort it and offer to end it.

    ``name`` is for people, ``id`` looks like a host (RFC 2919), at ``choices_url`` the reader may have less of it.
    """

    name: str
    id: str
    choices_url: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person.

    ``key`` makes it unique: the same key is the same Message-ID, by which mail servers and readers drop doubles.
    ``template`` names ``templates/emails/<template>.txt`` and ``.html``; both get ``params``, of which each text is
    made one line. A mail of a tenant has the ``brand`` that :func:`mail_brand` returns; the platform's own have none.
    It is said in the own words of the tenant that ``tenant_id`` names.
    """

    key: str
    to_name: str
    to_address: str
    subject: Message
    template: str
    locale: str = "en"
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    brand: MailBrand | None = None
    tenant_id: UUID = HOME_TENANT_ID
    reply_to: Contact | None = None
    list: MailingList | None = None


async def mail_brand(uow: UnitOfWork, hosts: Hosts) -> MailBrand:
    """Return how mails of the transaction's tenant look now."""
    tenant = (await uow.session.execute(TENANT, {"tenant_id": uow.tenant_id})).one()
    url, brand = hosts.url(tenant.slug), await brand_of(uow)
    if brand is None:
        return MailBrand(tenant.name, url)
    logo = brand.logo
    return MailBrand(
        name=brand.name or tenant.name,
        url=url,
        accent=brand.accent or ACCENT,
        on_accent=brand.on_accent or ON_ACCENT,
        link=brand.link or ACCENT,
        logo_url=hosts.url(tenant.slug, logo.double_path) if logo else "",
        logo_width=logo.width if logo else 0,
        logo_height=logo.height if logo else 0,
    )
