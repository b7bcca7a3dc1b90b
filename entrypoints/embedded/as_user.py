"""Running programs as another user, and giving them what they need."""

from __future__ import annotations

import pwd
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run_as(user: str | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; None is who we are. What cannot be started ends with 126, as in a shell."""
    try:
        return subprocess.run(  # noqa: S603 - our own binaries
            command,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, "", str(error))


def own(data: Path, user: str) -> None:
    """Make a folder for that user alone."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if data.stat().st_uid != pwd.getpwnam(user).pw_uid:
        shutil.chown(data, user, pwd.getpwnam(user).pw_gid)
