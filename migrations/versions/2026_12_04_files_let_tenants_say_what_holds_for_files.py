"""files: Let tenants say who opens what nobody could look into, and which kinds they refuse."""

from __future__ import annotations

from alembic import op

from migrations.policies import tenant_table

revision = "0026_files"
down_revision = "0025_platform"


def upgrade() -> None:
    op.execute("""
        create table files.policies (
            tenant_id uuid primary key,
            openers text not null check (openers in ('owner', 'admin', 'member')),
            refused text[] not null
        )
    """)
    tenant_table("files", "policies")
    op.execute("alter table files.files add column opened_by uuid, add column opened_at timestamptz")


def downgrade() -> None:
    op.execute("alter table files.files drop column opened_at, drop column opened_by")
    op.execute("drop table files.policies")
