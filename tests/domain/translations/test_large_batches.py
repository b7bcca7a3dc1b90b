"""An import of thousands of texts leaves the loop to others every few of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from core.settings import ROOT
from domain.translations import batches
from domain.translations.catalogue_files import FileEntry
from domain.translations.product import ProductTexts
from domain.translations.repository import AT_ONCE
from entrypoints.texts import catalogues

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.db import Database
    from core.settings import Settings
    from domain.translations.models import BatchItem
    from tests.support.tenant_fixtures import TwoTenants

MANY = 5 * AT_ONCE


class Turns:
    """How many texts were looked at in each turn of the loop."""

    def __init__(self) -> None:
        self.number = 0
        self.looked_at: Counter[int] = Counter()

    async def count(self) -> None:
        while True:
            self.number += 1
            await asyncio.sleep(0)

    def look(self) -> None:
        self.looked_at[self.number] += 1


class Watched(list[FileEntry]):
    def __init__(self, turns: Turns) -> None:
        super().__init__(FileEntry(line, f"Text {line}", None, ("Satz",), fuzzy=False) for line in range(1, MANY + 1))
        self._turns = turns

    def __iter__(self) -> Iterator[FileEntry]:
        for entry in super().__iter__():
            self._turns.look()
            yield entry


@pytest.fixture
async def turns() -> AsyncIterator[Turns]:
    turns = Turns()
    counting = asyncio.create_task(turns.count())
    yield turns
    counting.cancel()


async def test_thousands_of_texts_are_taken_in_a_few_at_a_time(
    *, db: Database, settings: Settings, two_tenants: TwoTenants, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, product = two_tenants.acme.context("admin"), ProductTexts(catalogues(settings), ROOT / "locales")
    async with db.unit_of_work(ctx, "translations") as uow:
        batch = batches.begin_import(uow, "de", "shell", "shell.de.po", b"")
    async with db.unit_of_work(ctx, "translations") as uow:
        await batches.fill(uow, batch.id, Watched(turns))
    assert (turns.looked_at.total(), max(turns.looked_at.values()) <= AT_ONCE) == (MANY, True)

    turns.looked_at.clear()
    fault = batches._fault

    def watched(text: object, locale: str, item: BatchItem) -> object:
        turns.look()
        return fault(text, locale, item)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "_fault", watched)
    async with db.unit_of_work(ctx, "translations") as uow:
        checked = await batches.check(uow, product, batch.id)
    assert (checked.ready, checked.skipped) == (0, MANY)
    assert (turns.looked_at.total(), max(turns.looked_at.values()) <= AT_ONCE) == (MANY, True)
