"""files: Create files, their renditions and the space that a tenant uses."""

from __future__ import annotations

from alembic import op

from migrations.policies import tenant_table

revision = "0004_files"
down_revision = "0003_tenants"


def upgrade() -> None:
    op.execute("""
        create table files.files (
            tenant_id uuid not null,
            id uuid not null,
            name text not null,
            size bigint not null check (size >= 0),
            sha256 bytea,
            declared_type text not null,
            type text,
            state text not null check (state in
                ('receiving', 'pending', 'ready', 'infected', 'unscannable', 'unsupported', 'broken')),
            charge text not null check (charge in ('reserved', 'used', 'none')),
            scanner text not null default '',
            signature text not null default '',
            note text not null default '' check (note in ('', 'protected', 'too_many_pixels')),
            width integer,
            height integer,
            pages integer,
            taken_at timestamptz,
            metadata jsonb not null default '{}',
            uploader_id uuid not null,
            created_at timestamptz not null default now(),
            trashed_at timestamptz,
            primary key (tenant_id, id)
        )
    """)
    tenant_table("files", "files")
    op.execute("""
        create table files.renditions (
            tenant_id uuid not null,
            file_id uuid not null,
            name text not null,
            width integer not null,
            height integer not null,
            size bigint not null,
            primary key (tenant_id, file_id, name),
            foreign key (tenant_id, file_id) references files.files (tenant_id, id) on delete cascade
        )
    """)
    tenant_table("files", "renditions")
    op.execute("""
        create table files.usage (
            tenant_id uuid primary key,
            used bigint not null check (used >= 0),
            reserved bigint not null check (reserved >= 0)
        )
    """)
    tenant_table("files", "usage")


def downgrade() -> None:
    for table in ("usage", "renditions", "files"):
        op.execute(f"drop table files.{table}")
