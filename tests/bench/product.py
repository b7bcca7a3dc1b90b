"""The whole product, started by ``bin/dev`` as a person would, in a folder and on ports of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg

from core.settings import ROOT, Settings
from entrypoints.embedded import leftovers
from tests.bench.http import Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GIVEN_FROM_OUTSIDE = (
    *("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "STORAGE_URL", "SMTP_URL"),
    "ADX_BASE_URL",
)
# Not development: there, templates and catalogues look for changes at every request.
SETTINGS = {"ADX_ENVIRONMENT": "test", "ADX_LOG_FORMAT": "json", "NO_COLOR": "1"}
SECONDS_TO_START = 90
BANNER_ENDS = "Ctrl-C\n"


class Product:
    """A running stack. ``settings`` are those of its processes."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.seconds_to_first_page = 0.0
        self._log = state_dir / "dev.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def settings(self) -> Settings:
        return Settings.load(state_dir=self.state_dir)

    @property
    def port(self) -> int:
        return self.settings.base_port

    def host(self, slug: str = "") -> str:
        netloc = f"localhost:{self.port}"
        return f"{slug}.{netloc}" if slug else netloc

    def superuser_url(self) -> str:
        password = json.loads((self.state_dir / "postgres-passwords.json").read_text())["postgres"]
        return f"postgresql://postgres:{password}@{self.settings.database_url.partition('@')[2]}"

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.superuser_url(), autocommit=True)

    def process(self, name: str) -> psutil.Process:
        """The process that does the work of ``web`` or ``worker``: of web, the one that granian forked off."""
        top = self._top(name)
        children = top.children()
        return max(children, key=lambda child: child.memory_info().rss) if name == "web" and children else top

    async def start(self) -> None:
        """Start, and note how long it took until the front door opened."""
        began = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if name not in GIVEN_FROM_OUTSIDE}
        self._log.write_bytes(b"")  # an older banner would tell an older address
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(ROOT / "bin" / "dev"), stdout=log, stderr=log, env=environment, start_new_session=True
            )
        while not await self._answers():
            if self._process.returncode is not None or time.monotonic() - began > SECONDS_TO_START:
                raise RuntimeError(f"bin/dev does not come up:\n{self._log.read_text()[-3000:]}")
            await asyncio.sleep(0.05)
        self.seconds_to_first_page = time.monotonic() - began

    async def stop(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            await self._process.wait()
        await asyncio.to_thread(leftovers.stop, self.state_dir)

    async def _answers(self) -> bool:
        if BANNER_ENDS not in self._log.read_text():
            return False
        try:
            async with Browser("127.0.0.1", self.port, self.host()) as browser:
                return (await browser.get("/")).status == 200
        except (OSError, asyncio.IncompleteReadError):
            return False

    def _top(self, name: str) -> psutil.Process:
        assert self._process is not None
        found = psutil.Process(self._process.pid).children(recursive=True)
        return next(process for process in found if process.cmdline()[-3:] == ["-m", "entrypoints.cli", name])


@asynccontextmanager
async def product() -> AsyncIterator[Product]:
    """A product started for the second time: the first start makes what later ones find."""
    state_dir = _new_folder()
    os.environ |= SETTINGS | {"ADX_STATE_DIR": str(state_dir)}
    running = Product(state_dir)
    try:
        await running.start()
        await running.stop()
        await running.start()
        yield running
    finally:
        await running.stop()
        shutil.rmtree(state_dir, ignore_errors=True)


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="adx-bench-"))
    folder.chmod(0o755)  # PostgreSQL's own user must get through
    return folder
