"""PostgreSQL's data folder: made whole or not at all, looked at before it is used, never deleted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from core.kept import keep
from core.messages import messages_of
from entrypoints.embedded.as_user import own, run_as
from entrypoints.embedded.program import StartError
from entrypoints.terminal import tell

N_ = messages_of("cli")

MAJOR = "18"

WHOLE = ("PG_VERSION", "global/pg_control", "base", "pg_wal")
"""Without one of these there is no cluster; initdb writes the first of them early and the others late."""

UNFINISHED = "-unfinished-"


def is_empty(data: Path) -> bool:
    """Whether there is nothing in it, or no folder at all."""
    return not data.exists() or not any(data.iterdir())


def check(data: Path) -> None:
    """Refuse a folder that no server can have worked with. Whose it is and what is in it, a person has to say."""
    if is_empty(data):
        return
    lacking = next((name for name in WHOLE if not (data / name).exists()), None)
    if lacking:
        told = N_(
            "{folder} is not empty, but is no whole PostgreSQL data folder: {name} is missing. Nothing was changed. "
            "Restore what is missing, or move that folder away to start empty.",
            folder=str(data),
            name=lacking,
        )
        raise StartError(tell(told))
    _check_version(data)


def make(data: Path, binaries: Path, user: str | None, password: str, *, durable: bool) -> None:
    """Make the cluster beside its place, then rename it: a start that is cut off leaves nothing in that place."""
    for left in data.parent.glob(f"{data.name}{UNFINISHED}*"):
        # Of a start that was cut off: no server has ever run on it. Its initdb may still be at work, and fails then.
        shutil.rmtree(left, ignore_errors=True)
    unfinished = data.with_name(f"{data.name}{UNFINISHED}{os.getpid()}")
    unfinished.mkdir(mode=0o700, parents=True)
    secret = data.with_name(f"{data.name}-password")
    keep(secret, password)
    if user:
        own(unfinished, user)
        shutil.chown(secret, user)
    # One locale for all machines, so that sorting and comparing never depend on where it runs.
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    options += [] if durable else ["--no-sync"]
    access = ["--auth=scram-sha-256", "-U", "postgres", f"--pwfile={secret}"]
    try:
        done = run_as(user, [str(binaries / "initdb"), "-D", str(unfinished), *options, *access])
    finally:
        secret.unlink()
    if done.returncode:
        raise StartError(
            tell(N_("PostgreSQL’s initdb failed in {folder}:\n{reason}", folder=str(data), reason=done.stderr.strip()))
        )
    unfinished.rename(data)  # over an empty folder at most


def remove_stale_pid(data: Path) -> None:
    """Remove the pid file of a dead server; another process may have its number by now."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = pid_file.read_text().partition("\n")[0].strip()
    try:
        owner = Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        owner = None
    if owner == data:
        raise StartError(
            tell(
                N_(
                    "A PostgreSQL server (process {pid}) still uses {folder}. Stop it with `kill -INT {pid}`.",
                    pid=str(pid),
                    folder=str(data),
                )
            )
        )
    pid_file.unlink()


def _check_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise StartError(
            tell(
                N_(
                    "{folder} was made by PostgreSQL {found}, this is {ours}. "
                    "Move that folder away to start empty, or restore a dump of it afterwards.",
                    folder=str(data),
                    found=found,
                    ours=str(MAJOR),
                )
            )
        )
