from __future__ import annotations

import asyncio
import os
import socket
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from core.anchors.key import open_signer
from core.anchors.outside import Outside
from core.anchors.rounds import anchor_heads
from core.context import HOME_TENANT_ID
from core.db.bootstrap import bootstrap_for
from core.ids import new_id
from core.messages import Message
from core.runs.samples import write_samples
from core.runs.survey import backlog
from core.settings import ROOT
from entrypoints import doctor, doctor_runs
from entrypoints.doctor_checks import (
    WrongError,
    database,
    database_role,
    missing_programs,
    redis_persistence,
    search_attributes,
)
from entrypoints.doctor_runs import anchors
from entrypoints.embedded.program import free_port
from entrypoints.manifest import Feature, Scheduled
from entrypoints.registry import REGISTRY, Registry

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg

    from core.db import Database
    from core.settings import Settings
    from tests.support.stack import Servers

NOTHING_ELSE_WAITS = """
    update platform.runs set changed_at = now() where state = 'launching';
    update platform.outbox set created_at = now();
"""
"""What other tests have left behind."""

ADD_RUN = """
    insert into platform.runs (tenant_id, id, contract, workflow_id, state, title_params, actor_id, actor_name,
        subject_kind, subject_id, expected_ms)
    values ($1, $2, 'files.ingest', 'none', 'stuck', '{}', $2, 'Ada', 'file', '1', '{}')
"""
SAMPLE = {
    "contract": "files.ingest", "workflow_id": "sample", "state": "stuck", "title_params": {}, "actor_name": "Ada",
    "subject_kind": "file", "subject_id": "2", "expected_ms": {}, "created_at": "2026-03-01T00:00Z",
}  # fmt: skip
"""A run behind which no workflow stands."""
ADD_ACCOUNT = """
    insert into auth.accounts (id, email, name, password_hash, state)
    values ($1, 'left@lying.example', 'A', '', 'pending')
"""

ADD_UNANCHORED = """
    with entry as (
        insert into platform.audit (tenant_id, seq, at, action, subject, detail, hash)
        values ($1, 1, now() - interval '16 minutes 30 seconds', 'x.y', 'x:1', '{}', sha256('x')) returning *
    )
    insert into platform.audit_heads (tenant_id, seq, hash) select tenant_id, seq, hash from entry
"""


async def findings(settings: Settings) -> dict[str, doctor.Finding]:
    return {name: await doctor._ask(name, ask, settings) for name, ask in doctor.EXAMINATIONS}


async def test_a_sound_stack_is_found_sound(settings: Settings) -> None:
    found = await findings(settings)
    # The servers of the tests keep nothing on purpose: that is the one thing wrong with them.
    assert {name for name, finding in found.items() if finding.state == "wrong"} == {"Redis persistence"}
    assert found["ClamAV"].state == "off"
    assert missing_programs() == []


async def test_everything_that_is_gone_is_named_with_its_variable(settings: Settings) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    gone = settings.model_copy(
        update={
            "database_url": f"postgresql://adx_app:x@{nowhere}/adx",
            "migrate_database_url": f"postgresql://adx_migrate:x@{nowhere}/adx",
            "redis_url": f"redis://{nowhere}/0",
            "temporal_address": nowhere,
            "storage_url": "file:///proc/nowhere",
            "smtp_url": f"smtp://{nowhere}",
            "clamd_url": f"tcp://{nowhere}",
        }
    )
    found = await findings(gone)
    assert {finding.state for finding in found.values()} == {"wrong"}
    assert "DATABASE_URL" in found["PostgreSQL"].remedy
    assert "x@" not in "".join(finding.detail for finding in found.values())


async def test_a_doctor_whom_nothing_answers_ends_all_the_same(settings: Settings, tmp_path: Path) -> None:
    """In a process of its own, since threads that hang keep a process from ending."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        nowhere = f"127.0.0.1:{silent.getsockname()[1]}"
        addresses = {
            "DATABASE_URL": f"postgresql://adx_app:x@{nowhere}/adx",
            "REDIS_URL": f"redis://{nowhere}/0",
            "TEMPORAL_ADDRESS": nowhere,
            "STORAGE_URL": settings.storage_url,
            "SMTP_URL": f"smtp://{nowhere}",
            "CLAMD_URL": f"tcp://{nowhere}",
            "ADX_STATE_DIR": str(tmp_path),
            "COLUMNS": "400",
        }
        asked = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from entrypoints import doctor; doctor.SECONDS = 1; doctor.examine()"),
            cwd=ROOT,
            env={**os.environ, **addresses},
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):  # before, it never ended
            said, _ = await asked.communicate()
    all_but_the_storage = len(doctor.EXAMINATIONS) - 1
    assert said.decode().count("no answer within 1 second") >= all_but_the_storage


async def test_a_database_that_takes_no_writes_is_told(settings: Settings) -> None:
    read_only = f"{settings.database_url}?options=-c%20default_transaction_read_only%3Don"
    with pytest.raises(WrongError, match="takes no writes"):
        await database(settings.model_copy(update={"database_url": read_only}))


async def test_a_superuser_is_no_login_for_the_product(settings: Settings, servers: Servers) -> None:
    with pytest.raises(WrongError, match="is a superuser, bypasses row security") as caught:
        await database_role(settings.model_copy(update={"database_url": servers.superuser_url}))
    assert "adx_app" in caught.value.remedy


async def test_bootstrap_sets_a_spoilt_role_right(settings: Settings, servers: Servers) -> None:
    with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("alter role adx_app bypassrls"))
        with pytest.raises(WrongError, match="bypasses row security"):
            await database_role(settings)
    bootstrap_for(settings, servers.superuser_url)
    assert "obeys row security" in await database_role(settings)


async def test_what_a_restart_would_lose_is_told(settings: Settings) -> None:
    with pytest.raises(WrongError, match="a restart would lose") as caught:
        await redis_persistence(settings)
    assert "appendonly yes" in caught.value.remedy


async def test_a_missing_search_attribute_is_told_with_the_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrypoints.doctor_checks.SEARCH_ATTRIBUTES", ("TenantId", "Shelf"))
    with pytest.raises(WrongError, match="missing: Shelf") as caught:
        await search_attributes(settings)
    assert "--name Shelf --type Keyword" in caught.value.remedy


async def test_work_that_nobody_does_is_told(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    owner_connection: asyncpg.Connection,
    db: Database,
    tmp_path: Path,
) -> None:
    own = settings.model_copy(update={"anchor_url": (tmp_path / "outside").as_uri()})
    signer = open_signer(own)
    await anchor_heads(db, Outside.of(own, signer.verifier), signer)  # what other tests have left unanchored
    idle, gone, stuck = f"idle-{new_id()}", f"gone-{new_id()}", new_id()
    scheduled = Scheduled(gone, "none", timedelta(days=1))
    feature = Feature(name=idle, title=Message("sample", "Idle"), schedules=(scheduled,))
    monkeypatch.setattr(doctor_runs, "REGISTRY", Registry([*REGISTRY, feature]))
    await owner_connection.execute(NOTHING_ELSE_WAITS)
    others = (await backlog(db)).stuck
    await owner_connection.execute(ADD_RUN, HOME_TENANT_ID, stuck)
    async with db.unit_of_work(HOME_TENANT_ID, "runs") as uow:
        await write_samples(uow, "samples", [{**SAMPLE, "id": str(new_id()), "actor_id": str(stuck)}], [])
    await owner_connection.execute(ADD_ACCOUNT, stuck)
    await owner_connection.execute(ADD_UNANCHORED, stuck)
    try:
        found = {name: await doctor._ask(name, ask, own) for name, ask in doctor.WORK}
    finally:
        await owner_connection.execute("delete from platform.runs where actor_id = $1", stuck)
        await owner_connection.execute("delete from auth.accounts where id = $1", stuck)
        await owner_connection.execute("delete from platform.audit_heads where tenant_id = $1", stuck)
        await owner_connection.execute("delete from platform.audit where tenant_id = $1", stuck)
    assert {finding.state for finding in found.values()} == {"wrong"}
    assert idle in found["Workers"].detail
    assert gone in found["Schedules"].detail
    assert f"need an engineer: {others + 1}" in found["Workflows"].detail, "a sample is no trouble"
    assert "adx repair" in found["Rows"].remedy
    assert "has waited 16 min to be anchored" in found["Anchors"].detail
    assert "ANCHOR_URL" in found["Anchors"].remedy


async def test_a_chain_behind_its_anchor_is_told_and_an_anchored_one_is_fine(
    settings: Settings, owner_connection: asyncpg.Connection, db: Database, tmp_path: Path
) -> None:
    own = settings.model_copy(update={"anchor_url": (tmp_path / "outside").as_uri()})
    signer, tenant_id = open_signer(own), new_id()
    await owner_connection.execute(ADD_UNANCHORED, tenant_id)
    try:
        await anchor_heads(db, Outside.of(own, signer.verifier), signer)
        assert (await anchors(own)) == "last anchored 0 min ago"
    finally:
        await owner_connection.execute("delete from platform.audit_heads where tenant_id = $1", tenant_id)
        await owner_connection.execute("delete from platform.audit where tenant_id = $1", tenant_id)
    with pytest.raises(WrongError, match="shorter than what was anchored: 1"):
        await anchors(own)


def test_without_settings_the_doctor_still_speaks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADX_STATE_DIR", str(tmp_path))
    for name in ("DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    assert doctor.examine() == 1
    assert "DATABASE_URL is not set" in capsys.readouterr().out
