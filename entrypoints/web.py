"""The web process: an ASGI application that builds its services when it starts, served by granian."""

from __future__ import annotations

import asyncio
import os
import resource
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from core.cache import Cache
from core.confinement import hide_memory
from core.db import Database
from core.health import Health
from core.i18n import negotiate
from core.identity import Identity, Offers
from core.identity.hosts import Hosts
from core.keys.watch import open_ring
from core.live import Hub, SessionGatekeeper, Transport
from core.mail import Mailer
from core.redis import open_redis
from core.runs.dispatch import OutboxPublisher, RunStarter
from core.runs.line import Lines
from core.runs.temporal import RunControl, connect
from core.settings import ROOT, Settings
from core.storage import Storage
from core.telemetry import configure_logging, configure_tracing, serve_metrics
from core.theming import Themes
from core.throttle import Throttle
from core.wordings import Wordings
from entrypoints.blueprints import blueprints
from entrypoints.leaving import LEAVE, leave_before_stopping
from entrypoints.registry import REGISTRY, Registry
from entrypoints.texts import catalogues
from web.kit.app import WebApp, create_app
from web.kit.services import Services

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    # What an ASGI server hands over; its scopes are plain dicts of a shape that the type says.
    Scope = Any
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

log = structlog.get_logger()

BACKLOG = 16_384
OPEN_AT_ONCE = 20_000
"""Requests and streams that one process holds; granian would otherwise stop at the backlog."""

SECONDS_TO_STOP = 10

STREAM_CONNECTIONS = 4
"""Database connections for opening streams and for looking whether they may stay: not those of pages."""


def serve(settings: Settings, features: Iterable[str]) -> None:
    """Serve until SIGTERM or Ctrl-C. The features travel to granian's worker process by ``ADX_FEATURES``."""
    hide_memory()
    configure_logging(settings)
    os.environ["ADX_FEATURES"] = ",".join(features)
    _allow_open_files()
    server = Granian(
        "entrypoints.web:application",
        address=settings.bind_host,
        port=settings.bind_port,
        interface=Interfaces.ASGI,
        factory=True,
        loop=Loops.asyncio,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(keep_alive=True),
        websockets=False,
        backlog=BACKLOG,
        backpressure=OPEN_AT_ONCE,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]  # granian takes the name
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP,
        working_dir=ROOT,
    )
    server.on_startup(lambda: leave_before_stopping(settings.drain_seconds))
    server.serve()


def _allow_open_files() -> None:
    """Raise the limit on open files as far as the system lets us: every stream is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def application() -> Application:
    """Return the application of this process, as its settings say."""
    hide_memory()  # a process of its own, started by granian
    settings = Settings.load()
    configure_logging(settings)
    configure_tracing(settings, "web")
    serve_metrics(settings)
    return Application(settings)


class Application:
    """Builds its services at the server's start-up, on the server's own loop, and takes them down at the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._app: WebApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)

    async def start(self) -> WebApp:
        """Build everything; dependencies that are down now are met at first use."""
        features = self._settings.features or frozenset(REGISTRY.names)
        services = await build_services(self._settings, self._stack)
        app = create_app(services, blueprints(features))
        await app.startup()
        self._stack.push_async_callback(app.shutdown)
        self._app = app
        return app

    @property
    def app(self) -> WebApp | None:
        """What answers requests, once it is started."""
        return self._app

    async def stop(self) -> None:
        """Let browsers go, deliver what is left, close all connections."""
        await self._stack.aclose()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                app = await self.start()
                asyncio.get_running_loop().add_signal_handler(LEAVE, app.gate.leave)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def build_services(settings: Settings, stack: AsyncExitStack, registry: Registry = REGISTRY) -> Services:
    """Build the collaborators of all routes; ``stack`` takes them down in reverse."""
    db = await Database.connect(settings, pool_size=settings.database_pool_size)
    stack.push_async_callback(db.close)
    redis = open_redis(settings)
    stack.push_async_callback(redis.aclose)
    db.keys = ring = await open_ring(settings, stack)
    client = await connect(settings, ring, wait_seconds=0)
    stream_db = await Database.connect(settings, pool_size=STREAM_CONNECTIONS, overflow=0)
    stack.push_async_callback(stream_db.close)
    transport = Transport(redis)
    publisher = OutboxPublisher(db, transport)
    stack.push_async_callback(publisher.stop)
    publisher.start()
    starter = RunStarter(client)
    stack.push_async_callback(starter.drain)
    contracts = registry.contracts
    lines = Lines(db, contracts)
    stack.push_async_callback(lines.drain)
    db.after_commit(publisher)
    db.after_commit(starter)
    db.after_commit(lines)
    texts = catalogues(settings)
    themes = Themes.load(ROOT / "themes", watch=settings.environment == "development")
    wordings = Wordings(db)

    def identity_over(database: Database, *, notes_use: bool = True) -> Identity:
        return Identity(
            database,
            Hosts.of(settings),
            lambda wanted, default: negotiate(wanted, texts.locales, default),
            Offers(lambda: texts.locales, lambda: themes.keys),
            registry.permissions,
            notes_use=notes_use,
        )

    storage = Storage.from_url(settings.storage_url)
    return Services(
        settings=settings,
        db=db,
        identity=identity_over(db),
        # The recheck of open streams notes for all of them together that they are in use.
        stream_identity=identity_over(stream_db, notes_use=False),
        redis=redis,
        storage=storage,
        temporal=RunControl(client),
        contracts=contracts,
        notice_kinds=registry.notice_kinds,
        features=registry.titles,
        navigation=registry.navigation,
        dashboard=registry.dashboard,
        first_steps=registry.first_steps,
        hub=Hub(transport, gatekeeper=SessionGatekeeper(stream_db)),
        cache=Cache(redis),
        throttle=Throttle(redis, db),
        catalogues=texts,
        wordings=wordings,
        themes=themes,
        mailer=Mailer(settings, texts, wordings),
        health=Health(settings, db=db, redis=redis, storage=storage, temporal=client, queues=registry.queues()),
    )
