"""The whole product as its users meet it: real web and worker processes over real servers, on ports of their own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from core.settings import Settings
from entrypoints.embedded import valkey
from entrypoints.embedded.program import free_port
from entrypoints.mailbox.smtp import listen
from entrypoints.mailbox.store import MailStore
from tests.support.links import Background, Link
from tests.support.mails import Mailbox
from tests.support.processes import Process
from tests.support.stack import Shared, new_database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.support.stack import Servers

SECRET = "a secret of the product under test, longer than 32 bytes"
MOST_UPLOAD_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Links:
    """The ways of one process to its servers."""

    database: Link
    temporal: Link
    mail: Link

    def mend(self) -> None:
        """Let everything through again."""
        for link in self._all:
            link.mend()

    def cut(self) -> None:
        """Let nothing through any more."""
        for link in self._all:
            link.cut()

    @property
    def _all(self) -> tuple[Link, ...]:
        return self.database, self.temporal, self.mail


class Deployment:
    """Web and worker with a database, a namespace, a Valkey and a mailbox of their own."""

    def __init__(self, servers: Servers, number: int) -> None:
        self.state_dir = servers.state_dir / "deployment"
        self.state_dir.mkdir(exist_ok=True)
        self.background = Background()
        self._shared = Shared(**json.loads((servers.state_dir.parent / "servers.json").read_text()))
        self.database = f"deployment_{number}"
        new_database(self._shared, self.database)
        self._namespace = f"deployment-{number}"
        self._valkey_port = free_port()
        self.base_url = f"http://localhost:{free_port()}"
        self.mailbox = self._mailbox()
        self.links = {"web": self._links(), "worker": self._links()}
        self.valkey = self._valkey()
        self.web = self.process("web", "web", ready=self._web_serves)
        self.worker = self.process("worker", "worker")

    async def start(self) -> None:
        """Start everything and wait until it serves."""
        await self.valkey.start()
        self.web.launch()
        self.worker.launch()
        await asyncio.gather(self.web.until_ready(), self.worker.until_ready())

    async def mend(self) -> None:
        """Bring back whatever a test has stopped, killed or cut."""
        for links in self.links.values():
            links.mend()
        self.valkey.thaw()
        for process in (self.valkey, self.web, self.worker):
            if not process.is_running:
                await process.start()

    def stop(self) -> None:
        """End everything."""
        for process in (self.web, self.worker, self.valkey):
            process.kill()
        for links in self.links.values():
            links.cut()
        self.background.run(_close(self._smtp))
        self.background.stop()

    def process(
        self,
        name: str,
        by: str,
        *arguments: str,
        ready: Callable[[], Awaitable[bool]] | None = None,
        **environment: str,
    ) -> Process:
        """A process of the product that reaches its servers by the links of ``by`` (``web`` or ``worker``)."""
        return Process.of_python(
            *(arguments or ("-m", "entrypoints.cli", by)),
            environment={**self._environment(by), **environment},
            log=self.state_dir / f"{name}.log",
            state_dir=self.state_dir,
            ready=ready,
        )

    def settings(self) -> Settings:
        """Settings of the test's own eyes: the same servers, straight, past the links."""
        return Settings(
            environment="test",
            database_url=self._shared.database_url("adx_app", self.database),
            migrate_database_url=self._shared.database_url("adx_migrate", self.database),
            redis_url=valkey.url(self._valkey_port),
            temporal_address=f"127.0.0.1:{self._shared.temporal_port}",
            temporal_namespace=self._namespace,
            storage_url=self.storage_dir.as_uri(),
            smtp_url=self.mailbox.smtp_url,
            base_url=self.base_url,
            secret_key=SecretStr(SECRET),
            state_dir=self.state_dir,
        )

    @property
    def superuser_url(self) -> str:
        """The database as superuser."""
        return self._shared.database_url("postgres", self.database)

    @property
    def storage_dir(self) -> Path:
        """Where the product keeps files."""
        return self.state_dir / "storage"

    @property
    def host(self) -> str:
        """Host and port of the base host."""
        return urlsplit(self.base_url).netloc

    def url(self, path: str = "/", slug: str = "") -> str:
        """The address of a page, on a tenant's host when its slug is given."""
        return f"http://{slug}.{self.host}{path}" if slug else f"{self.base_url}{path}"

    def _environment(self, by: str) -> dict[str, str]:
        links = self.links[by]
        database = self._shared.database_url("adx_app", self.database)
        return {
            "DATABASE_URL": database.replace(f":{self._shared.postgres_port}/", f":{links.database.port}/"),
            "REDIS_URL": valkey.url(self._valkey_port),
            "TEMPORAL_ADDRESS": f"127.0.0.1:{links.temporal.port}",
            "TEMPORAL_NAMESPACE": self._namespace,
            "STORAGE_URL": self.storage_dir.as_uri(),
            "SMTP_URL": f"smtp://127.0.0.1:{links.mail.port}",
            "ADX_BASE_URL": self.base_url,
            "ADX_ENVIRONMENT": "test",
            "ADX_SECRET_KEY": SECRET,
            "ADX_STATE_DIR": str(self.state_dir),
            "ADX_MAX_UPLOAD_BYTES": str(MOST_UPLOAD_BYTES),
            "ADX_DRAIN_SECONDS": "0",
            "PYTHONUNBUFFERED": "1",
        }

    def _links(self) -> Links:
        mail_port = urlsplit(self.mailbox.smtp_url).port
        assert mail_port is not None
        ports = (self._shared.postgres_port, self._shared.temporal_port, mail_port)
        return Links(*(Link(self.background, "127.0.0.1", port) for port in ports))

    def _mailbox(self) -> Mailbox:
        store = MailStore(self.state_dir / "mail")
        self._smtp = self.background.run(listen(store, 0))
        return Mailbox(store, f"smtp://127.0.0.1:{self._smtp.sockets[0].getsockname()[1]}")

    def _valkey(self) -> Process:
        program = valkey.program(self.state_dir, self._valkey_port)
        return Process(program.command, {}, self.state_dir / "valkey.log", self.state_dir, program.ready)

    async def _web_serves(self) -> bool:
        try:
            async with httpx.AsyncClient() as client:
                url = f"http://127.0.0.1:{urlsplit(self.base_url).port}/health/live"
                found = await client.get(url, headers={"Host": self.host}, timeout=2)
        except httpx.HTTPError:
            return False
        return found.is_success


async def _close(server: asyncio.Server) -> None:
    server.close()
