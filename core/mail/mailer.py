"""Sends mails by SMTP, each in the language of its receiver."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from core.context import HOME_TENANT_ID
from core.errors import InvalidError, UnavailableError
from core.i18n.wording import PRODUCTS_OWN, Wording
from core.mail.composing import Composer
from core.messages import messages_of
from core.shares import Shares

if TYPE_CHECKING:
    from core.i18n import Catalogues
    from core.mail.letter import Mail
    from core.settings import Settings
    from core.wordings import Wordings

N_ = messages_of("core")

SECONDS_FOR_A_MAIL = 10
"""From the first packet to the server's word that it has the mail. A server that is slow at each step has no more."""

SECONDS_TO_PART = 1
AT_ONCE, AT_ONCE_OF_ONE = 24, 6
"""How many connections to the server a process has, and for mails of one tenant: a slow server delays all alike."""

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
FIRST_PERMANENT_REPLY = 500


class Mailer:
    """Sends mails by the SMTP server of the settings, never within a unit of work.

    While the server is away, one mail at a time tries it. The others are told so at once, instead of having their
    activities wait in places that steps without a mail need as well.
    """

    def __init__(self, settings: Settings, catalogues: Catalogues, wordings: Wordings | None = None) -> None:
        self._server = _server(settings.smtp_url)
        self._composer = Composer(settings.mail_from, settings.base_url)
        self._catalogues = catalogues
        self._wordings = wordings
        self._away = False
        self._trying = 0
        self._shares = Shares(AT_ONCE, of_one=AT_ONCE_OF_ONE)

    async def send(self, mail: Mail) -> None:
        """Hand a mail to the server.

        Raises:
            UnavailableError: ``mail_unavailable``, the server cannot be reached, is silent or asks to come back later.
            InvalidError: ``mail_refused``, the server will never take a mail for this address.
            UnsafeMailError: it could not be written as it was meant; nothing was sent.
        """
        composed = self.compose(mail, await self._wording(mail))
        # The platform's own mails go to strangers, who do not wait for each other.
        async with self._shares.place(mail.to_address if mail.tenant_id == HOME_TENANT_ID else mail.tenant_id):
            await self._deliver(mail.to_address, composed)

    def compose(self, mail: Mail, wording: Wording = PRODUCTS_OWN) -> bytes:
        """Return the mail as it goes out, checked; raises UnsafeMailError."""
        return self._composer.compose(mail, self._catalogues.speaker(mail.locale, wording=wording))

    async def _deliver(self, address: str, composed: bytes) -> None:
        if self._away and self._trying:
            raise _unavailable()
        self._trying += 1
        try:
            await self._hand_over(address, composed)
        except aiosmtplib.SMTPRecipientsRefused as error:
            self._away = False
            raise _refusal(error.recipients[0].code) from error
        except aiosmtplib.SMTPResponseException as error:
            self._away = False
            raise _refusal(error.code) from error
        except (aiosmtplib.SMTPException, OSError) as error:  # a TimeoutError is one
            self._away = True
            raise _unavailable() from error
        else:
            self._away = False
        finally:
            self._trying -= 1

    async def _hand_over(self, address: str, composed: bytes) -> None:
        client = aiosmtplib.SMTP(timeout=SECONDS_FOR_A_MAIL, **self._server)
        try:
            async with asyncio.timeout(SECONDS_FOR_A_MAIL):
                await client.connect()
                await client.sendmail(self._composer.address, [address], composed)
            # The server has the mail: how the two part changes nothing, and must not have it sent again.
            with suppress(aiosmtplib.SMTPException, OSError):
                async with asyncio.timeout(SECONDS_TO_PART):
                    await client.quit()
        finally:
            client.close()

    async def _wording(self, mail: Mail) -> Wording:
        if self._wordings is None or mail.tenant_id == HOME_TENANT_ID:
            return PRODUCTS_OWN
        return await self._wordings.newest(mail.tenant_id)


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
    return InvalidError(N_("The mail server of this address isn’t accepting our email."), code="mail_refused")


def _unavailable() -> UnavailableError:
    return UnavailableError(N_("The mail server cannot be reached right now."), code="mail_unavailable")
