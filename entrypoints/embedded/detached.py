"""Starts servers that outlive the process that asked for them: what the workers of a test run share."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING

from core.messages import messages_of
from entrypoints.embedded.program import StartError
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from entrypoints.embedded.program import Program

N_ = messages_of("cli")

SECONDS_TO_BE_READY = 60


async def start(programs: Sequence[Program]) -> None:
    """Start the programs and wait until they serve; ``leftovers.stop`` ends them. Logs go to ``<state>/<name>.log``."""
    await asyncio.gather(*(_start(program) for program in programs))


async def _start(program: Program) -> None:
    path = program.state_dir / f"{program.name}.log"
    with path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own binaries; takes a millisecond
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=program.environment,
            cwd=program.cwd,
            start_new_session=True,
            user=program.user,
            group=program.user,
            extra_groups=[] if program.user else None,
        )
    try:
        async with asyncio.timeout(SECONDS_TO_BE_READY):
            while not await program.ready():
                if process.poll() is not None:
                    raise StartError(_failure(program, path))
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise StartError(_failure(program, path)) from None
    # It is meant to outlive us; without this Python warns of a process that was never waited for.
    process.returncode = 0


def _failure(program: Program, path: Path) -> str:
    return tell(
        N_(
            "{name} did not start. Its log, {path}:\n{log}",
            name=program.name,
            path=str(path),
            log=path.read_text(errors="replace")[-2000:],
        )
    )
