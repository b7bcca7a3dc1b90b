"""Browsers that have signed in to an account before, as the mark in their own cookie proves.

A mark grants nothing: it proves no password and opens no session. It only keeps its browser apart from everybody who
guesses at the same account, so that their guesses neither take its place nor use up its tries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import SecretStr

DAYS = 365
MOST_ACCOUNTS = 4
"""Of one browser, the last that signed in; their marks fit into one small cookie."""

A_DAY = 24 * 3600
BROWSER_BYTES = 12
MAC_BYTES = 24
BETWEEN_MARKS = "~"
BETWEEN_PARTS = "."
PARTS = 4


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """One browser of one account; ``browser`` tells it from the others of that account."""

    account_id: UUID
    browser: str

    @property
    def key(self) -> str:
        """What its tries are counted by."""
        return f"{self.account_id.hex}{BETWEEN_PARTS}{self.browser}"


class KnownBrowsers:
    """Makes and reads the marks. A mark fits one account at one address and is good for a year."""

    def __init__(self, secret: SecretStr, clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), b"auth.known-browsers", hashlib.sha256)
        self._clock = clock

    def find(self, cookie: str, email: str) -> KnownBrowser | None:
        """Return the browser that a cookie marks for the account of a normalised address. Whatever else is None."""
        for account_id, browser, day, mac in _marks(cookie):
            fits = hmac.compare_digest(mac, self._mac(account_id, browser, day, email))
            if fits and 0 <= self._today() - int(day, 16) <= DAYS:
                return KnownBrowser(UUID(account_id), browser)
        return None

    def remember(self, cookie: str, account_id: UUID, email: str) -> str:
        """Return the cookie with a new mark for an account that has just been signed in to, and the newest others."""
        browser = secrets.token_urlsafe(BROWSER_BYTES)
        day = f"{self._today():x}"
        mark = BETWEEN_PARTS.join((account_id.hex, browser, day, self._mac(account_id.hex, browser, day, email)))
        others = [BETWEEN_PARTS.join(parts) for parts in _marks(cookie) if parts[0] != account_id.hex]
        return BETWEEN_MARKS.join([mark, *others][:MOST_ACCOUNTS])

    def _mac(self, account_id: str, browser: str, day: str, email: str) -> str:
        digest = hmac.digest(self._key, f"{account_id}\0{browser}\0{day}\0{email}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:MAC_BYTES]).decode()

    def _today(self) -> int:
        return int(self._clock()) // A_DAY


def _marks(cookie: str) -> Iterator[tuple[str, str, str, str]]:
    for mark in cookie.split(BETWEEN_MARKS)[:MOST_ACCOUNTS]:
        parts = mark.split(BETWEEN_PARTS)
        if len(parts) == PARTS and mark.isascii():
            yield parts[0], parts[1], parts[2], parts[3]
