"""Outgoing mail: rendered in the receiver's language, sent so that a repeated send is the same mail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import text

from core.brands import brand_of
from core.context import HOME_TENANT_ID
from core.errors import InvalidError, UnavailableError
from core.i18n import install, speaking
from core.i18n.wording import PRODUCTS_OWN, Wording
from core.messages import messages_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.db import UnitOfWork
    from core.i18n import Catalogues
    from core.identity.hosts import Hosts
    from core.messages import Message
    from core.settings import Settings
    from core.wordings import Wordings

N_ = messages_of("core")

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SECONDS_FOR_A_MAIL = 10
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
FIRST_PERMANENT_REPLY = 500

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
class Mail:
    """A mail to one person.

    ``key`` makes it unique: the same key is the same Message-ID, by which mail servers and readers drop doubles.
    ``template`` names ``templates/emails/<template>.txt`` and ``.html``; both get ``params``. A mail of a tenant has
    the ``brand`` that :func:`mail_brand` returns; the platform's own have none. It is said in the own words of the
    tenant that ``tenant_id`` names.
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


class Mailer:
    """Sends mails by the SMTP server of the settings."""

    def __init__(self, settings: Settings, catalogues: Catalogues, wordings: Wordings | None = None) -> None:
        self._server = _server(settings.smtp_url)
        self._sender = settings.mail_from
        self._base_url = settings.base_url
        self._catalogues = catalogues
        self._wordings = wordings
        self._templates = _environment()

    async def send(self, mail: Mail) -> None:
        """Hand a mail to the server.

        Raises:
            UnavailableError: ``mail_unavailable``, the server cannot be reached or asks to come back later.
            InvalidError: ``mail_refused``, the server will never take a mail for this address.
        """
        composed = self.compose(mail, await self._wording(mail))
        try:
            await aiosmtplib.send(composed, timeout=SECONDS_FOR_A_MAIL, **self._server)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0].code) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _unavailable() from error

    def compose(self, mail: Mail, wording: Wording = PRODUCTS_OWN) -> EmailMessage:
        """Return the mail as it goes out."""
        message = EmailMessage()
        message["Message-ID"] = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:40]}@{self._domain}>"
        message["Date"] = formatdate(usegmt=True)
        message["From"] = self._from(mail)
        message["To"] = _address(mail.to_name, mail.to_address)
        message["Auto-Submitted"] = "auto-generated"
        with speaking(self._catalogues.speaker(mail.locale, wording=wording)) as voice:
            subject = voice.say(mail.subject)
            message["Subject"] = subject
            brand = mail.brand or MailBrand("ADX", self._base_url)
            params = {
                "subject": subject,
                "base_url": self._base_url,
                "locale": voice.locale,
                "brand": brand,
                **mail.params,
            }
            message.set_content(self._render(mail, "txt", params))
            message.add_alternative(self._render(mail, "html", params), subtype="html")
            message["Content-Language"] = voice.locale
        return message

    def _from(self, mail: Mail) -> str | Address:
        if mail.brand is None:
            return self._sender
        return _address(mail.brand.name, parseaddr(self._sender)[1])

    async def _wording(self, mail: Mail) -> Wording:
        if self._wordings is None or mail.tenant_id == HOME_TENANT_ID:
            return PRODUCTS_OWN
        return await self._wordings.newest(mail.tenant_id)

    def _render(self, mail: Mail, kind: str, params: Mapping[str, Any]) -> str:
        return self._templates.get_template(f"emails/{mail.template}.{kind}").render(params)

    @property
    def _domain(self) -> str:
        return parseaddr(self._sender)[1].partition("@")[2] or "localhost"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    install(environment)
    return environment


def _address(name: str, address: str) -> Address:
    # A name is shown, never parsed: what could end the header or begin another one is dropped.
    shown = "".join(character for character in name if character.isprintable())
    local, _, domain = address.rpartition("@")
    return Address(shown, username=local, domain=domain)


def _server(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "hostname": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtps",
        "start_tls": parts.scheme == "smtp+starttls",
    }


def _refusal(code: int) -> InvalidError | UnavailableError:
    if code < FIRST_PERMANENT_REPLY:
        return _unavailable()
    return InvalidError(N_("The mail server of this address does not take our mail."), code="mail_refused")


def _unavailable() -> UnavailableError:
    return UnavailableError(N_("The mail server cannot be reached right now."), code="mail_unavailable")
