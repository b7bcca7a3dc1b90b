"""The SMTP catcher and its page, as a program of the stack."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import TYPE_CHECKING

from core.settings import ROOT
from entrypoints.embedded.program import Program

if TYPE_CHECKING:
    from pathlib import Path

SMTP_PORT = 1025
PAGE_PORT = 8025


def program(state_dir: Path, smtp_port: int, page_port: int) -> Program:
    """The mailbox process; its mails are kept in ``mail`` under the state folder."""
    places = ("--folder", str(state_dir / "mail"), "--smtp-port", str(smtp_port), "--page-port", str(page_port))
    return Program(
        name="mailbox",
        command=(sys.executable, "-m", "entrypoints.cli", "mailbox", *places),
        state_dir=state_dir,
        ready=partial(_answers, smtp_port, page_port),
        cwd=ROOT,
    )


async def _answers(*ports: int) -> bool:
    for port in ports:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
    return True
