"""One row of each kind that an address can name, as a feature would have left it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from tests.support.tenant_fixtures import TestTenant


async def a_file(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    file_id = new_id()
    await connection.execute(
        "insert into files.files (tenant_id, id, name, size, declared_type, type, state, charge, uploader_id) "
        "values ($1, $2, 'plans.pdf', 10, 'application/pdf', 'application/pdf', 'ready', 'used', $3)",
        *(tenant.id, file_id, tenant.people["member"].id),
    )
    await connection.execute("insert into files.renditions values ($1, $2, 'thumbnail', 1, 1, 1)", tenant.id, file_id)
    return file_id


async def a_notice(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    notice_id = new_id()
    await connection.execute(
        "insert into platform.notices (tenant_id, id, user_id, key, kind, message, href) "
        "values ($1, $2, $3, 'x', 'runs.finished', $4, '/')",
        *(tenant.id, notice_id, tenant.people["member"].id),
        '{"domain": "files", "text": "Removed", "params": {}, "plural": null}',
    )
    return notice_id


async def a_run(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    run_id = new_id()
    await connection.execute(
        "insert into platform.runs (tenant_id, id, contract, workflow_id, state, title_params, actor_id, actor_name, "
        "subject_kind, subject_id, expected_ms) "
        "values ($1, $2, 'files.ingest', $3, 'running', $4, $5, 'Member', 'file', 'x', '{}')",
        *(tenant.id, run_id, f"{tenant.id}/files.ingest/{run_id}", '{"name": "plans.pdf"}', tenant.people["member"].id),
    )
    return run_id


async def a_group(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    group_id, owner = new_id(), tenant.people["owner"]
    await connection.execute(
        "insert into platform.run_groups (tenant_id, id, contract, actor_id, size) "
        "values ($1, $2, 'files.ingest', $3, 2)",
        *(tenant.id, group_id, owner.id),
    )
    for number in range(2):
        await connection.execute(
            "insert into platform.runs (tenant_id, id, contract, workflow_id, state, title_params, actor_id, "
            "actor_name, subject_kind, subject_id, expected_ms, group_id) "
            "values ($1, $2, 'files.ingest', $3, 'running', $4, $5, 'Owner', 'file', $3, '{}', $6)",
            *(tenant.id, new_id(), f"{group_id}/{number}", '{"name": "plans.pdf"}', owner.id, group_id),
        )
    return group_id


async def a_batch(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    batch_id = new_id()
    await connection.execute(
        "insert into translations.batches (tenant_id, id, kind, locale, domain, name, actor_id, actor_name) "
        "values ($1, $2, 'import', 'de', 'files', 'files.po', $3, 'Admin')",
        *(tenant.id, batch_id, tenant.people["admin"].id),
    )
    return batch_id


async def a_version(connection: asyncpg.Connection, tenant: TestTenant, number: int) -> str:
    """Publish a brand with a logo, which the draft has too; returns its digest, by which all of it is found."""
    version_id, admin = new_id(), tenant.people["admin"]
    digest = version_id.hex[:24]
    logo = {"digest": digest, "type": "image/png", "size": 1, "filename": "logo.png"}
    assets = json.dumps({"logo": logo, "logo_dark": None, "favicon": None})
    await connection.execute(
        "insert into branding.versions (tenant_id, id, number, digest, look, assets, renditions, css, published_by, "
        "published_by_name) values ($1, $2, $3, $4, '{}', $5, '[]', ':root{}', $6, 'Admin')",
        *(tenant.id, version_id, number, digest, assets, admin.id),
    )
    await connection.execute(
        "insert into branding.drafts (tenant_id, look, assets, changed_by) values ($1, '{}', $2, $3)",
        *(tenant.id, assets, admin.id),
    )
    return digest


async def a_session(connection: asyncpg.Connection, tenant: TestTenant) -> UUID:
    session_id = new_id()
    await connection.execute(
        "insert into platform.sessions (id, token_hash, user_id, tenant_id, level, name, email, user_agent, address, "
        "expires_at) select $1, sha256($2), $3, id, 'full', 'Owner', 'owner@example.com', 'test', '192.0.2.1', "
        "now() + interval '1 day' from platform.tenants where slug = 'home'",
        *(session_id, session_id.bytes, tenant.people["owner"].id),
    )
    return session_id
