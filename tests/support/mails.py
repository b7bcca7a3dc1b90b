"""The mails that the product under test has sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrypoints.mailbox.store import Mail, MailStore


class Mailbox:
    """Reads what the SMTP catcher of this test run took in."""

    def __init__(self, store: MailStore, smtp_url: str) -> None:
        self.store = store
        self.smtp_url = smtp_url

    def ids(self) -> frozenset[str]:
        """Each mail that is kept, by its id. To count, compare sets: the oldest are dropped in time."""
        return frozenset(path.stem for path in self.store.folder.glob("*.eml"))

    def to(self, recipient: str) -> list[Mail]:
        """Mails to one address, the newest first."""
        return self.store.newest(recipient=recipient)

    async def wait_for(self, recipient: str, *, subject: str = "", seconds: float = 15) -> Mail:
        """The newest mail to an address whose subject contains a text; fails when none comes in time."""
        async with asyncio.timeout(seconds):
            while True:
                found = [mail for mail in self.to(recipient) if subject in mail.subject]
                if found:
                    return found[0]
                await asyncio.sleep(0.05)
