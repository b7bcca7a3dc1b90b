"""platform: Wrap a random key for each tenant and person."""

from __future__ import annotations

from alembic import op

from migrations.policies import create_role, platform_access, tenant_table

revision = "0013_platform"
down_revision = "0012_platform"


def upgrade() -> None:
    create_role("adx_keys", tenant_bound=True)
    op.execute("grant usage on schema platform to adx_keys")
    op.execute("grant execute on function platform.append_audit to adx_keys")
    # Without what is wrapped a key is destroyed; its row stays, so that none is made in its place.
    op.execute("""
        create table platform.tenant_keys (
            tenant_id uuid not null,
            id uuid not null,
            version integer not null,
            wrapped bytea,
            created_at timestamptz not null default now(),
            destroyed_at timestamptz,
            primary key (tenant_id, id),
            unique (tenant_id, version)
        )
    """)
    tenant_table("platform", "tenant_keys", role="adx_keys", grants="select, insert, update")
    # A new root key wraps the keys of all tenants again.
    platform_access("platform", "tenant_keys", grants="select, update")
    op.execute("""
        create table platform.person_keys (
            tenant_id uuid not null,
            id uuid not null,
            person_id uuid not null,
            tenant_key_id uuid not null,
            wrapped bytea,
            created_at timestamptz not null default now(),
            destroyed_at timestamptz,
            primary key (tenant_id, id),
            unique (tenant_id, person_id),
            foreign key (tenant_id, tenant_key_id) references platform.tenant_keys (tenant_id, id)
        )
    """)
    tenant_table("platform", "person_keys", role="adx_keys", grants="select, insert, update")


def downgrade() -> None:
    op.execute("drop table platform.person_keys")
    op.execute("drop table platform.tenant_keys")
    op.execute("revoke execute on function platform.append_audit from adx_keys")
    op.execute("revoke usage on schema platform from adx_keys")
