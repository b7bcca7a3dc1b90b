"""``adx dev``: the whole product on one machine, from a bare checkout to the first page.

Order of start: servers, roles, migrations, demo data, worker and web. Order of stop: the reverse.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import sys
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.confinement import hide_memory
from core.db.bootstrap import bootstrap
from core.db.migrate import upgrade
from core.kept import keep
from core.messages import messages_of
from core.settings import ROOT, Settings
from entrypoints.embedded import leftovers
from entrypoints.embedded.plan import DATABASE, plan
from entrypoints.embedded.program import Program, StartError
from entrypoints.embedded.supervisor import Log, Supervisor
from entrypoints.private import own_state
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from entrypoints.embedded.plan import Plan

N_ = messages_of("cli")

SECONDS_OF_GRACE = 30


def run() -> int:
    """Run until Ctrl-C or SIGTERM. Returns the exit status."""
    state_dir = Path(os.environ.get("ADX_STATE_DIR") or ROOT / ".adx").expanduser().resolve()
    hide_memory()  # the passwords of its servers are in it
    own_state(state_dir)
    with _alone(state_dir):
        return asyncio.run(_run(state_dir))


@contextmanager
def _alone(state_dir: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go of it however the process ends."""
    with (state_dir / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip()
            raise StartError(
                tell(
                    N_(
                        "ADX already runs from this folder (process {pid}). Stop it with Ctrl-C, or with `kill {pid}`.",
                        pid=pid,
                    )
                )
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


async def _run(state_dir: Path) -> int:
    log = Log(coloured=_coloured())
    say = partial(log.write, "stack")
    stop = _stop_signal(say)
    supervisor = Supervisor(log)
    work = asyncio.create_task(_start(state_dir, supervisor, log))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([work, stopping], return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
            await stopping
        return 0
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await work
        say(tell(N_("stopping")))
        await supervisor.stop()
        # Whatever a child started on its own account is of this stack too.
        await asyncio.to_thread(leftovers.stop, state_dir)
        say(tell(N_("stopped; nothing is left running")))


def _stop_signal(say: partial[None]) -> asyncio.Event:
    stop = asyncio.Event()

    def asked() -> None:
        if stop.is_set():
            say(tell(N_("still stopping; every process is given its time to finish")))
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    return stop


async def _start(state_dir: Path, supervisor: Supervisor, log: Log) -> None:
    say = partial(log.write, "stack")
    orphans = await asyncio.to_thread(leftovers.stop, state_dir)
    if orphans:
        say(tell(N_("stopped what an earlier start left running: {names}", names=", ".join(orphans))))
    say(tell(N_("starting the servers")))
    ready = await asyncio.to_thread(plan, state_dir)
    for note in ready.notes:
        say(note)
    await supervisor.start(ready.servers)
    os.environ.update(ready.environment)
    _write_environment(state_dir, ready)
    settings = Settings.load()
    say(tell(N_("bringing the database to the newest migration")))
    await asyncio.to_thread(_prepare_database, ready, settings)
    say(tell(N_("starting worker and web, and adding demo data")))
    processes = [_worker(state_dir, log), _web(state_dir, log, settings)]
    _, accounts = await asyncio.gather(supervisor.start(processes), _seed(settings))
    sys.stdout.write(_banner(settings, ready, accounts))
    sys.stdout.flush()


def _prepare_database(ready: Plan, settings: Settings) -> None:
    if ready.postgres:
        bootstrap(
            ready.postgres.url(),
            database=DATABASE,
            app_password=ready.postgres.passwords["adx_app"],
            migrate_password=ready.postgres.passwords["adx_migrate"],
        )
    try:
        upgrade(settings.migrate_database_url)
    except Exception as error:
        if ready.postgres:
            raise
        raise StartError(
            tell(
                N_(
                    "The database of DATABASE_URL could not be brought to the newest migration:\n\n{error}\n\n"
                    "If it is new, run `bin/adx bootstrap --superuser-url ...` once; "
                    "`bin/adx doctor` looks at everything.",
                    error=str(error),
                )
            )
        ) from error


async def _seed(settings: Settings) -> Sequence[object]:
    # Here, so that what it brings in, every feature, is loaded while the other processes start.
    from entrypoints.seed import seed  # noqa: PLC0415

    return await seed(settings) or ()


def _worker(state_dir: Path, log: Log) -> Program:
    return _process("worker", state_dir, log, _at_once)


def _web(state_dir: Path, log: Log, settings: Settings) -> Program:
    return _process("web", state_dir, log, partial(_serves, settings.bind_port, urlsplit(settings.base_url).netloc))


def _process(name: str, state_dir: Path, log: Log, ready: partial[object] | object) -> Program:
    return Program(
        name=name,
        command=(sys.executable, "-m", "entrypoints.cli", name),
        state_dir=state_dir,
        ready=ready,  # type: ignore[arg-type]  # partial of an async function
        env={"PYTHONUNBUFFERED": "1", "ADX_DRAIN_SECONDS": "0"} | ({"FORCE_COLOR": "1"} if log.coloured else {}),
        grace=SECONDS_OF_GRACE,
        cwd=ROOT,
    )


async def _at_once() -> bool:
    return True


async def _serves(port: int, host: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(f"GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in await asyncio.wait_for(reader.readline(), 5)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


def _write_environment(state_dir: Path, ready: Plan) -> None:
    keep(state_dir / "env", "".join(f'{name}="{value}"\n' for name, value in ready.environment.items()))


def _coloured() -> bool:
    return "NO_COLOR" not in os.environ and (sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR")))


def _banner(settings: Settings, ready: Plan, accounts: Sequence[object]) -> str:
    rows = [("ADX", settings.base_url)]
    rows += [(tell(N_("Demo account")) if number == 0 else "", str(account)) for number, account in enumerate(accounts)]
    rows += [(tell(N_("Mailbox")), settings.mailbox_url)] if settings.mailbox_url else []
    rows += [("Temporal", settings.temporal_ui_url)] if settings.temporal_ui_url else []
    rows += [(tell(N_("State")), str(ready.state_dir)), (tell(N_("Stop")), "Ctrl-C")]
    width = max(len(label) for label, _ in rows)
    return "\n" + "".join(f"  {label:<{width}}   {value}\n" for label, value in rows) + "\n"
