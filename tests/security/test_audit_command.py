"""``adx audit``: heads that are kept elsewhere, and chains that are checked against them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from core.settings import Settings
from core.settings_report import variable_of
from entrypoints.audit import app

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    import asyncpg
    from typer.testing import Result

    from core.db import Database
    from tests.support.tenant_fixtures import TwoTenants

pytestmark = pytest.mark.security

CUT = """
    with cut as (delete from platform.audit where tenant_id = $1 and seq > 1)
    update platform.audit_heads h set seq = 1, hash = a.hash from platform.audit a
    where h.tenant_id = $1 and a.tenant_id = $1 and a.seq = 1
"""


@pytest.fixture
def adx(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in ("database_url", "redis_url", "temporal_address", "smtp_url", "kms_url", "state_dir"):
        monkeypatch.setenv(variable_of(Settings, name), str(getattr(settings, name)))
    return CliRunner()


async def run(adx: CliRunner, *words: str) -> Result:
    return await asyncio.to_thread(adx.invoke, app, list(words))


async def test_a_chain_that_was_cut_and_has_grown_on_is_named(
    adx: CliRunner, db: Database, owner_connection: asyncpg.Connection, two_tenants: TwoTenants, tmp_path: Path
) -> None:
    for tenant in (two_tenants.acme, two_tenants.globex):
        await say(db, tenant.id, 3)
    kept = tmp_path / "heads"
    kept.write_text((await run(adx, "heads")).output)  # a small file of the test
    assert (await run(adx, "verify", "--anchors", str(kept))).exit_code == 0
    await owner_connection.execute(CUT, two_tenants.acme.id)
    await say(db, two_tenants.acme.id, 4)
    assert (await run(adx, "verify")).exit_code == 0
    found = await run(adx, "verify", "--anchors", str(kept))
    assert (found.exit_code, found.output.split()) == (1, [str(two_tenants.acme.id), "3", "forked"])
    await owner_connection.execute("delete from platform.audit where tenant_id = $1", two_tenants.acme.id)
    await owner_connection.execute("delete from platform.audit_heads where tenant_id = $1", two_tenants.acme.id)
    assert "1 cut" in (await run(adx, "verify", "--anchors", str(kept))).output


@pytest.mark.parametrize("content", ["no head", "x 1:00", "00000000-0000-7000-8000-000000000000 1:zz"])
async def test_what_cannot_be_checked_is_not_called_good(adx: CliRunner, tmp_path: Path, content: str) -> None:
    kept = tmp_path / "heads"
    kept.write_text(content)  # a small file of the test
    assert (await run(adx, "verify", "--anchors", str(kept))).exit_code == 2
    assert (await run(adx, "verify", "--anchors", str(tmp_path / "none"))).exit_code == 2


async def say(db: Database, tenant_id: UUID, times: int) -> None:
    for number in range(times):
        async with db.unit_of_work(tenant_id, "files") as uow:
            await uow.audit("files.erased", f"file:{number}")
