"""Caught mails on disk: one ``.eml`` a mail, newest last by name, at most a few hundred."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import lru_cache
from hashlib import sha256
from time import time_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from email.message import EmailMessage
    from pathlib import Path

KEPT = 500


@dataclass(frozen=True)
class Mail:
    """A caught mail. ``recipients`` are those of the envelope, ``headers`` all lines as sent."""

    id: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    html: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)


class MailStore:
    """The folder of caught mails. A mail that is sent twice, with one Message-ID, is kept once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, content: bytes, sender: str, recipients: Sequence[str]) -> bool:
        """Keep a mail; False when it was there already."""
        message_id = str(message_from_bytes(content, policy=policy.default).get("Message-ID", ""))
        same = "\n".join([message_id, *sorted(recipients)]).encode() if message_id else content
        key = sha256(same).hexdigest()[:16]
        if any(self.folder.glob(f"*-{key}.eml")):
            return False
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        unfinished = self.folder / f".{key}"
        unfinished.write_bytes(envelope.encode() + content)
        unfinished.rename(self.folder / f"{time_ns()}-{key}.eml")
        for old in self._paths()[:-KEPT]:
            old.unlink(missing_ok=True)
        return True

    def newest(self, limit: int = 100, *, recipient: str = "") -> list[Mail]:
        """The latest mails first, of one recipient when given."""
        found: list[Mail] = []
        for path in reversed(self._paths()):
            mail = _read(path)
            if not recipient or recipient in mail.recipients:
                found.append(mail)
            if len(found) == limit:
                break
        return found

    def get(self, mail_id: str) -> Mail | None:
        """One mail by its id."""
        return next((_read(path) for path in self._paths() if path.stem == mail_id), None)

    def clear(self) -> None:
        """Throw all mails away."""
        for path in self._paths():
            path.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))


@lru_cache(maxsize=KEPT)
def _read(path: Path) -> Mail:
    """Return the mail of a file, which never changes once it is there."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Mail(
        id=path.stem,
        message_id=str(message.get("Message-ID", "")),
        sender=str(message.get("From", "")),
        recipients=tuple(part.strip() for part in str(message["X-Envelope-To"]).split(",")),
        subject=str(message.get("Subject", "")),
        date=message["Date"].datetime if message["Date"] else None,
        text=_body(message, "plain"),
        html=_body(message, "html"),
        headers=tuple((name, str(value)) for name, value in message.items() if not name.startswith("X-Envelope")),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
