"""Two tenants whose heads are kept outside, for tests that then change what is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from core.anchors.key import open_signer
from core.anchors.outside import Outside
from core.anchors.rounds import Anchored, anchor_heads
from core.db import Database
from core.ids import new_id
from core.settings import Settings
from core.settings_report import variable_of
from entrypoints.audit import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from uuid import UUID

    from typer.testing import Result

    from core.anchors.note import Signer
    from tests.security.conftest import Scratch


ENTRIES = 5


@dataclass
class Anchoring:
    """A database of its own with two tenants, and a folder outside."""

    settings: Settings
    db: Database
    scratch: Scratch
    folder: Path
    acme: UUID
    globex: UUID

    @property
    def signer(self) -> Signer:
        return open_signer(self.settings)

    @property
    def vkey(self) -> str:
        return str(self.signer.verifier)

    def outside(self) -> Outside:
        """What a process sees that has just started."""
        return Outside.of(self.settings, self.signer.verifier)

    async def anchor(self, outside: Outside | None = None) -> Anchored:
        return await anchor_heads(self.db, outside or self.outside(), self.signer)

    async def say(self, tenant_id: UUID, times: int, what: str = "file") -> None:
        for number in range(times):
            async with self.db.unit_of_work(tenant_id, "files") as uow:
                await uow.audit("files.erased", f"{what}:{number}")

    def tamper(self, statement: str) -> None:
        with self.scratch.as_superuser() as connection:
            assert connection.execute(statement, {"id": self.acme}).rowcount > 0
            connection.commit()

    def objects(self) -> list[Path]:
        return sorted((self.folder / "anchors").iterdir())

    async def run(self, *words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words))


@pytest.fixture
async def anchoring(
    settings: Settings, scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Anchoring]:
    database = conninfo_to_dict(scratch.login_url)["dbname"]
    folder = tmp_path / "outside"
    own = settings.model_copy(
        update={
            "database_url": urlsplit(settings.database_url)._replace(path=f"/{database}").geturl(),
            "anchor_url": folder.as_uri(),
            "anchor_key_file": tmp_path / "anchor_key",
        }
    )
    names = ("database_url", "redis_url", "temporal_address", "smtp_url", "kms_url", "anchor_url", "anchor_key_file")
    for name in (*names, "state_dir"):
        monkeypatch.setenv(variable_of(Settings, name), str(getattr(own, name)))
    with scratch.as_superuser() as connection:
        connection.execute("truncate platform.audit, platform.audit_heads")
        connection.commit()
    db = await Database.connect(own, pool_size=2)
    found = Anchoring(own, db, scratch, folder, new_id(), new_id())
    for tenant_id in (found.acme, found.globex):
        await found.say(tenant_id, ENTRIES)
    yield found
    await db.close()
