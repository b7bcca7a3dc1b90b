"""Brands on their way through the real workflows: real database, Temporal, storage, decoder and mail server."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from core.ids import new_id
from domain.branding import service
from domain.branding.types import Asset, Assets, Look, Publication
from tests.support.tenant_fixtures import new_tenant
from tests.support.workbench import workbench
from workflows.branding.start import start_publication

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    from temporalio.client import Client

    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from tests.support.mails import Mailbox
    from tests.support.tenant_fixtures import TestTenant
    from tests.support.workbench import Workbench

GREEN, RED = Look(accent="#0a7d5a", radius=14, font="classic", name="North Pier"), Look(accent="#b3261e")
TABLES = ("platform.brands", "branding.versions", "branding.drafts", "platform.effects")


@pytest.fixture(scope="module")
async def running_bench(
    settings: Settings,
    temporal_client: Client,
    owner_connection: asyncpg.Connection,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Workbench]:
    """The worker of branding, with a storage of its own."""
    own = settings.model_copy(update={"storage_url": tmp_path_factory.mktemp("storage").as_uri()})
    async with workbench(own, temporal_client, ["branding"], owner_connection, mailbox) as found:
        yield found


@pytest.fixture
def bench(running_bench: Workbench) -> Workbench:
    """The same for each test of a module, with an open gate."""
    for ways in (running_bench.gate.before, running_bench.gate.after, running_bench.gate.calls):
        ways.clear()
    return running_bench


@pytest.fixture(scope="module")
async def branded(running_bench: Workbench, owner_connection: asyncpg.Connection) -> tuple[TestTenant, Assets]:
    """A tenant that has a brand with pictures, and what these were drawn from."""
    tenant = await new_tenant(owner_connection, "Acme")
    logo = Assets(logo=await uploaded(running_bench, tenant, picture()))
    await running_bench.result(await publish(running_bench, publication(tenant, RED, logo)))
    return tenant, logo


def picture(width: int = 400, height: int = 100, colour: str = "#0a7d5a", kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind)
    return written.getvalue()


async def uploaded(bench: Workbench, tenant: TestTenant, content: bytes, media_type: str = "image/png") -> Asset:
    """A picture of the draft, as the page has stored it."""
    digest = hashlib.sha256(content).hexdigest()
    await bench.storage.put_bytes(service.original_key(tenant.id, digest), content)
    return Asset(digest, media_type, len(content), "logo.png")


def publication(tenant: TestTenant, look: Look = GREEN, assets: Assets | None = None) -> Publication:
    """A version that the tenant's admin wants."""
    admin = tenant.people["admin"]
    return Publication(tenant.id, admin.id, admin.name, new_id(), look, assets or Assets())


async def publish(bench: Workbench, wanted: Publication) -> LaunchedRun:
    """Ask for it as the page does."""
    async with bench.db.unit_of_work(wanted.tenant_id, "branding", actor_id=wanted.actor_id) as uow:
        return await start_publication(uow, wanted)


async def left_behind(bench: Workbench, tenant: TestTenant) -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """Every row and every object of the tenant that has to do with brands."""
    rows = {}
    for table in TABLES:
        query = f"select t::text from {table} t where tenant_id = $1"  # noqa: S608  # one of the names above
        rows[table] = sorted(row[0] for row in await bench.owner.fetch(query, tenant.id))
    keys = [found.key async for found in bench.storage.list(f"tenants/{tenant.id}")]
    return rows, {key: await bench.storage.get_bytes(key) for key in sorted(keys)}


__all__ = ["GREEN", "RED", "left_behind", "picture", "publication", "publish", "replace", "uploaded"]
