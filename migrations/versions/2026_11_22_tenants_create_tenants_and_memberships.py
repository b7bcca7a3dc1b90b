"""tenants: Create tenants, their reserved addresses and memberships."""

from __future__ import annotations

from alembic import op

from migrations.policies import global_table, tenant_table

revision = "0003_tenants"
down_revision = "0002_auth"


def upgrade() -> None:
    op.execute("""
        create table tenants.slugs (
            slug text primary key check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
            tenant_id uuid not null,
            reserved_at timestamptz not null default now()
        )
    """)
    op.execute("create index slugs_by_tenant on tenants.slugs (tenant_id)")
    global_table("tenants", "slugs", because="an address is unique among all tenants")
    op.execute("""
        create table tenants.tenants (
            tenant_id uuid primary key,
            slug text not null,
            name text not null,
            created_by uuid not null,
            created_at timestamptz not null default now(),
            ready_at timestamptz
        )
    """)
    tenant_table("tenants", "tenants")
    op.execute("""
        create table tenants.memberships (
            tenant_id uuid not null,
            user_id uuid not null,
            role text not null check (role in ('owner', 'admin', 'member', 'guest')),
            created_at timestamptz not null default now(),
            primary key (tenant_id, user_id),
            foreign key (tenant_id) references tenants.tenants (tenant_id) on delete cascade
        )
    """)
    tenant_table("tenants", "memberships")


def downgrade() -> None:
    op.execute("drop table tenants.memberships")
    op.execute("drop table tenants.tenants")
    op.execute("drop table tenants.slugs")
