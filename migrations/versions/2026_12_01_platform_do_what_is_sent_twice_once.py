"""platform: Keep which submissions were done, and how they were answered."""

from __future__ import annotations

from alembic import op

from migrations.policies import platform_access, tenant_table

revision = "0022_platform"
down_revision = "0021_platform"

FEATURES = (
    "adx_auth, adx_tenants, adx_users, adx_files, adx_runs, adx_branding, adx_billing, adx_ai, adx_modules, "
    "adx_compliance, adx_notifications, adx_translations"
)


def upgrade() -> None:
    op.execute("""
        create table platform.submissions (
            tenant_id uuid not null,
            key bytea not null,
            created_at timestamptz not null default now(),
            status integer,
            headers jsonb,
            body bytea,
            primary key (tenant_id, key)
        )
    """)
    op.execute("create index submissions_by_time on platform.submissions (created_at)")
    tenant_table("platform", "submissions", role=FEATURES, grants="insert")
    op.execute("grant select, update on platform.submissions to adx_gateway")
    platform_access("platform", "submissions", grants="select, delete")


def downgrade() -> None:
    op.execute("drop table platform.submissions")
