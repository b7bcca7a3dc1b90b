from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.settings import ROOT
from domain.translations import batches
from domain.translations.batches import Proposal
from domain.translations.product import ProductText, ProductTexts
from entrypoints.texts import catalogues
from tests.support.workbench import workbench
from workflows.translations.start import start_batch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import asyncpg
    from temporalio.client import Client

    from core.context import Context
    from core.runs.launch import LaunchedRun
    from core.settings import Settings
    from domain.translations.repository import Forms
    from tests.support.mails import Mailbox
    from tests.support.workbench import Workbench

TABLES = ("platform.wordings", "translations.changes", "translations.batches", "translations.batch_items")


@pytest.fixture
async def bench(
    settings: Settings, temporal_client: Client, owner_connection: asyncpg.Connection, mailbox: Mailbox, tmp_path: Path
) -> AsyncIterator[Workbench]:
    """The worker of translations."""
    own = settings.model_copy(update={"storage_url": tmp_path.as_uri()})
    async with workbench(own, temporal_client, ["translations"], owner_connection, mailbox) as found:
        yield found


@pytest.fixture
def product(settings: Settings) -> ProductTexts:
    return ProductTexts(catalogues(settings), ROOT / "locales")


async def import_file(bench: Workbench, ctx: Context, content: str, *, locale: str = "de") -> LaunchedRun:
    """Ask for an import as the page does."""
    async with bench.db.unit_of_work(ctx, "translations") as uow:
        return await start_batch(uow, batches.begin_import(uow, locale, "shell", "shell.de.po", content.encode()))


async def replace(
    bench: Workbench, ctx: Context, product: ProductTexts, *changes: tuple[str, Forms], locale: str = "en"
) -> LaunchedRun:
    """Ask for replacements as the page does."""
    proposals = [Proposal(_text(product, source), forms) for source, forms in changes]
    async with bench.db.unit_of_work(ctx, "translations") as uow:
        return await start_batch(uow, batches.begin_replacing(uow, locale, "a → b", proposals))


async def rows(owner: asyncpg.Connection) -> dict[str, list[str]]:
    """Everything that a batch can leave behind. The version of a wording only grows: it names what is cached."""
    found = {table: await owner.fetch(f"select t::text from {table} t") for table in TABLES}  # noqa: S608
    return {table: sorted(row[0] for row in lines) for table, lines in found.items()}


async def wordings(owner: asyncpg.Connection, tenant_id: object) -> dict[str, list[str]]:
    found = await owner.fetch("select source, forms from platform.wordings where tenant_id = $1", tenant_id)
    return {row["source"]: row["forms"] for row in found}


def _text(product: ProductTexts, source: str) -> ProductText:
    text = product.find("shell", source)
    assert text is not None, source
    return text
