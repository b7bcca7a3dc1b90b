"""From what is asked for to the bytes that travel: ASCII throughout, so that no server on the way encodes them anew."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from email import policy
from email.message import MIMEPart
from email.utils import formatdate, parseaddr
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.i18n import install, speaking
from core.mail.checking import END_OF_HEAD, check_bytes
from core.mail.headers import Header, of_address, of_link, of_text, of_tokens
from core.mail.letter import MailBrand
from core.messages import Message
from core.plain_text import one_line, plain_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.i18n import Speaker
    from core.mail.letter import Mail

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PRODUCT = "ADX"


class Composer:
    """Writes mails as ``sender`` (``Name <address>``), for a product at ``base_url``."""

    def __init__(self, sender: str, base_url: str) -> None:
        self._name, self._address = parseaddr(sender)
        self._base_url = base_url
        self._templates = _environment()

    @property
    def address(self) -> str:
        """Where mails come from."""
        return self._address

    def compose(self, mail: Mail, voice: Speaker) -> bytes:
        """Return the mail as it goes out, said by ``voice``.

        Raises UnsafeMailError when the bytes are not exactly what was meant.
        """
        with speaking(voice):
            subject = of_text("Subject", voice.say(_tidy(mail.subject)))
            texts = self._texts(mail, subject.meant, voice.locale)
        boundary = secrets.token_hex(12)  # what nobody can guess stands in no text
        head = [*self._head(mail, subject, voice.locale), *_form(boundary)]
        raw = "".join(header.line for header in head).encode("ascii", "replace") + b"\r\n" + _body(texts, boundary)
        check_bytes(raw, head, texts)
        return raw

    def _head(self, mail: Mail, subject: Header, locale: str) -> Iterator[Header]:
        digest = hashlib.sha256(mail.key.encode()).hexdigest()[:40]
        yield of_tokens("Message-ID", f"<{digest}@{self._address.partition('@')[2] or 'localhost'}>")
        yield of_tokens("Date", formatdate(usegmt=True))
        yield of_address("From", mail.brand.name if mail.brand else self._name, self._address)
        yield of_address("To", mail.to_name, mail.to_address)
        if mail.reply_to:
            yield of_address("Reply-To", mail.reply_to.name, mail.reply_to.address)
        yield subject
        if mail.list:
            yield of_address("List-Id", mail.list.name, mail.list.id)
            yield of_link("List-Unsubscribe", mail.list.choices_url)
        yield of_tokens("Auto-Submitted", "auto-generated")
        yield of_tokens("Content-Language", locale)

    def _texts(self, mail: Mail, subject: str, locale: str) -> Mapping[str, str]:
        params = {
            "subject": subject,
            "base_url": self._base_url,
            "locale": locale,
            "brand": _tidy(mail.brand or MailBrand(PRODUCT, self._base_url)),
            **_tidy(mail.params),
        }
        return {
            "text/plain": self._render(mail, "txt", params),
            "text/html": self._render(mail, "html", params),
        }

    def _render(self, mail: Mail, kind: str, params: Mapping[str, Any]) -> str:
        return plain_lines(self._templates.get_template(f"emails/{mail.template}.{kind}").render(params))


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


def _tidy(value: Any) -> Any:  # noqa: ANN401  # what templates are given
    """Return a value with each text in it made one line: what people type stays within the words around it."""
    match value:
        case str():
            return one_line(value)
        case Message():
            return replace(value, params=MappingProxyType(_tidy(value.params)))
        case list() | tuple():
            return [_tidy(item) for item in value]
        case Mapping():
            return {name: _tidy(item) for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _tidy(getattr(value, field.name)) for field in fields(value)})
    return value


def _form(boundary: str) -> Iterator[Header]:
    yield of_tokens("MIME-Version", "1.0")
    yield of_tokens("Content-Type", f'multipart/alternative; boundary="{boundary}"')


def _body(texts: Mapping[str, str], boundary: str) -> bytes:
    body = MIMEPart(policy=policy.SMTP)
    for kind, text in texts.items():
        add = body.add_alternative if body.get_payload() else body.set_content
        add(text, subtype=kind.partition("/")[2], charset="utf-8", cte="quoted-printable")
    body.set_boundary(boundary)
    return body.as_bytes().partition(END_OF_HEAD)[2]
