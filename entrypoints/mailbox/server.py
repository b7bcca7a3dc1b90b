"""The mailbox as a process of its own: the SMTP catcher and its page, until told to stop."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config

from core.confinement import hide_memory
from entrypoints.mailbox.pages import create_mailbox
from entrypoints.mailbox.smtp import listen
from entrypoints.mailbox.store import MailStore

if TYPE_CHECKING:
    from pathlib import Path


def serve(folder: Path, smtp_port: int, page_port: int) -> None:
    """Catch mails into ``folder`` and show them, until SIGTERM or Ctrl-C."""
    hide_memory()
    asyncio.run(_serve(MailStore(folder), smtp_port, page_port))


async def _serve(store: MailStore, smtp_port: int, page_port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    config = Config()
    config.bind = [f"127.0.0.1:{page_port}"]
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    async with await listen(store, smtp_port):
        await serve_asgi(create_mailbox(store), config, shutdown_trigger=stop.wait)
