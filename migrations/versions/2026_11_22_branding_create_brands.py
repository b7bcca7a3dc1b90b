"""branding: Create brands and their versions."""

from __future__ import annotations

from alembic import op

from migrations.policies import tenant_table

revision = "0006_branding"
down_revision = "0005_users"

READERS = (
    "adx_gateway, adx_auth, adx_tenants, adx_users, adx_files, adx_runs, adx_billing, adx_ai, adx_modules, "
    "adx_compliance"
)
"""Pages show the brand, and so do the mails of every feature."""


def upgrade() -> None:
    op.execute("""
        create table platform.brands (
            tenant_id uuid primary key,
            version_id uuid not null,
            number integer not null,
            digest text not null,
            facts jsonb not null,
            published_at timestamptz not null
        )
    """)
    tenant_table("platform", "brands", role="adx_branding")
    op.execute(f"grant select on platform.brands to {READERS}")

    op.execute("""
        create table branding.versions (
            tenant_id uuid not null,
            id uuid not null,
            number integer not null,
            digest text not null,
            look jsonb not null,
            assets jsonb not null,
            renditions jsonb not null,
            css text not null,
            replaces uuid,
            published_by uuid not null,
            published_by_name text not null,
            published_at timestamptz not null default now(),
            primary key (tenant_id, id)
        )
    """)
    op.execute("create unique index versions_by_number on branding.versions (tenant_id, number)")
    op.execute("create index versions_by_digest on branding.versions (tenant_id, digest)")
    tenant_table("branding", "versions")

    op.execute("""
        create table branding.drafts (
            tenant_id uuid primary key,
            look jsonb not null,
            assets jsonb not null,
            changed_by uuid not null,
            changed_at timestamptz not null default now()
        )
    """)
    tenant_table("branding", "drafts")


def downgrade() -> None:
    op.execute("drop table branding.drafts")
    op.execute("drop table branding.versions")
    op.execute("drop table platform.brands")
