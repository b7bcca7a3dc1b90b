"""The SMTP server that catches every mail of the stack instead of delivering it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from entrypoints.mailbox.store import MailStore

MAX_BYTES = 25 * 1024 * 1024


class Catcher:
    """Takes each mail into the store."""

    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        """Keep the mail and say so. ``envelope`` is aiosmtpd's."""
        content, sender, recipients = envelope.original_content, envelope.mail_from or "", envelope.rcpt_tos
        await asyncio.to_thread(self._store.add, content, sender, recipients)
        return "250 Kept"


async def listen(store: MailStore, port: int) -> asyncio.Server:
    """Serve SMTP on ``port`` of this machine alone; port 0 lets the system choose."""
    catcher = Catcher(store)
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(catcher, enable_SMTPUTF8=True, data_size_limit=MAX_BYTES, hostname="localhost"), "127.0.0.1", port
    )
