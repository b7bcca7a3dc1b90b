"""Rows that wait for a run are found where no open run will settle them, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

import pytest

from core.context import HOME_TENANT_ID
from core.ids import new_id
from core.runs.settling import Round, Settling
from entrypoints.registry import REGISTRY

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from core.db import Database
    from tests.support.tenant_fixtures import TwoTenants

FILE = """
    insert into files.files (tenant_id, id, name, size, declared_type, state, charge, uploader_id, trashed_at)
    values ('{{tenant}}', '{{id}}', 'a.jpg', 1, 'image/jpeg', '{state}', 'none', '{{id}}', {trashed_at})
"""
SLUG = "insert into tenants.slugs (slug, tenant_id) values ('s{short}', '{id}')"
ACCOUNT = """
    insert into auth.accounts (id, email, name, password_hash, state)
    values ('{{id}}', '{{id}}@a.example', 'A', '', '{state}')
"""
BATCH = """
    insert into translations.batches (tenant_id, id, kind, locale, domain, name, actor_id, actor_name)
    values ('{tenant}', '{id}', 'replace', 'de', 'files', 'a', '{id}', 'Ada')
"""
RUN = """
    insert into platform.runs (tenant_id, id, contract, workflow_id, state, title_params, actor_id, actor_name,
        subject_kind, subject_id, expected_ms, ended_at)
    values ($1, $2, $3, $4, $6, '{}', $2, 'Ada', 'wording', $5, '{}',
        case when $6 in ('done', 'failed') then now() end)
"""
EFFECT = "insert into platform.effects (tenant_id, key) values ($1, $2)"

CASES = {
    "files.ingest": FILE.format(state="pending", trashed_at="null"),
    "files.remove": FILE.format(state="ready", trashed_at="now()"),
    "tenants.provision": SLUG,
    "auth.register": ACCOUNT.format(state="pending"),
    "translations.replace": BATCH,
}
SETTLED = {
    "files.ingest": FILE.format(state="infected", trashed_at="null"),
    "files.remove": FILE.format(state="ready", trashed_at="null"),
    "auth.register": ACCOUNT.format(state="active"),
}


@pytest.fixture
def settling(db: Database) -> Settling:
    return Settling(db, REGISTRY.unsettled)


async def orphans_of(settling: Settling, tenant_id: UUID, subject: UUID) -> list[tuple[UUID, str]]:
    return [
        (orphan.tenant_id, contract)
        for orphan in await settling.orphans([tenant_id])
        for contract in orphan.contracts
        if orphan.subject_id == str(subject)
    ]


async def add(owner: asyncpg.Connection, statement: str, tenant_id: UUID) -> UUID:
    subject = new_id()
    await owner.execute(statement.format(tenant=tenant_id, id=subject, short=subject.hex[-12:]))
    return subject


async def add_run(owner: asyncpg.Connection, tenant_id: UUID, contract: str, subject: UUID, state: str) -> str:
    run_id = new_id()
    await owner.execute(RUN, tenant_id, run_id, contract, f"{tenant_id}/{contract}/{run_id}", str(subject), state)
    return f"{tenant_id}/{contract}/{run_id}"


@pytest.mark.parametrize("contract", CASES)
async def test_a_row_is_found_unless_a_run_of_its_own_is_open(
    settling: Settling, owner_connection: asyncpg.Connection, two_tenants: TwoTenants, contract: str
) -> None:
    at_home = contract in {"tenants.provision", "auth.register"}
    tenant_id = HOME_TENANT_ID if at_home else two_tenants.acme.id
    subject = await add(owner_connection, CASES[contract], tenant_id)

    assert (tenant_id, contract) in await orphans_of(settling, tenant_id, subject)
    assert not await settling.is_settled(tenant_id, contract, str(subject))
    await add_run(owner_connection, two_tenants.globex.id, contract, subject, "running")
    await add_run(owner_connection, tenant_id, contract, subject, "failed")
    assert (tenant_id, contract) in await orphans_of(settling, tenant_id, subject), (
        "a foreign run, and one that has ended"
    )
    await add_run(owner_connection, tenant_id, contract, subject, "stuck")
    assert await orphans_of(settling, tenant_id, subject) == []

    await owner_connection.execute("delete from tenants.slugs where tenant_id = $1", subject)
    await owner_connection.execute("delete from auth.accounts where id = $1", subject)


@pytest.mark.parametrize("contract", SETTLED)
async def test_a_row_that_has_come_to_its_end_is_settled(
    settling: Settling, owner_connection: asyncpg.Connection, two_tenants: TwoTenants, contract: str
) -> None:
    tenant_id = HOME_TENANT_ID if contract == "auth.register" else two_tenants.acme.id
    subject = await add(owner_connection, SETTLED[contract], tenant_id)
    assert await orphans_of(settling, tenant_id, subject) == []


async def test_a_round_looks_at_a_few_tenants_at_a_time_and_counts_all(
    settling: Settling, owner_connection: asyncpg.Connection, two_tenants: TwoTenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [HOME_TENANT_ID, two_tenants.acme.id, two_tenants.globex.id]
    assert set(here) <= set(await settling.tenants())
    monkeypatch.setattr(settling, "tenants", AsyncMock(return_value=here))
    for tenant_id in here[1:]:
        await add(owner_connection, CASES["files.ingest"], tenant_id)
    whole = Round(settling)
    assert await whole.go_on(2) is None
    counted = await whole.go_on(2)
    assert counted is not None
    assert counted["files.ingest"] >= 2
    assert await whole.go_on(3) == counted, "the next round begins anew"


async def test_a_batch_is_settled_by_its_last_step(
    settling: Settling, owner_connection: asyncpg.Connection, two_tenants: TwoTenants
) -> None:
    tenant_id = two_tenants.acme.id
    subject = await add(owner_connection, BATCH, tenant_id)
    run = await add_run(owner_connection, tenant_id, "translations.replace", subject, "done")
    assert not await settling.is_settled(tenant_id, "translations.replace", str(subject))
    await owner_connection.execute(EFFECT, tenant_id, f"{run}:announce")
    assert await settling.is_settled(tenant_id, "translations.replace", str(subject))


def test_every_contract_says_which_rows_wait_for_it() -> None:
    named = [name for one in REGISTRY.unsettled for name in one.contracts]
    assert sorted(named) == sorted(REGISTRY.contracts), "declare them in domain/<feature>/unsettled.py"
