"""platform: Know which runs were asked for together."""

from __future__ import annotations

from alembic import op

from migrations.policies import tenant_table

revision = "0027_platform"
down_revision = "0026_files"

FEATURES = (
    "adx_auth, adx_tenants, adx_users, adx_files, adx_runs, adx_branding, adx_billing, adx_ai, adx_modules, "
    "adx_compliance, adx_notifications, adx_translations"
)


def upgrade() -> None:
    op.execute("""
        create table platform.run_groups (
            tenant_id uuid not null,
            id uuid not null,
            contract text not null,
            actor_id uuid not null,
            size integer not null check (size >= 0),
            created_at timestamptz not null default now(),
            dismissed_at timestamptz,
            primary key (tenant_id, id)
        )
    """)
    op.execute("create index run_groups_by_actor on platform.run_groups (tenant_id, actor_id, created_at desc)")
    tenant_table("platform", "run_groups", role="adx_runs")
    op.execute(f"grant insert on platform.run_groups to {FEATURES}")
    op.execute("alter table platform.runs add column group_id uuid")
    op.execute("create index runs_by_group on platform.runs (tenant_id, group_id) where group_id is not null")
    # Of runs that were asked for together there is one notice, which changes as they go on.
    op.execute("grant select, update on platform.notices to adx_runs")


def downgrade() -> None:
    op.execute("revoke select, update on platform.notices from adx_runs")
    op.execute("drop index platform.runs_by_group")
    op.execute("alter table platform.runs drop column group_id")
    op.execute("drop table platform.run_groups")
