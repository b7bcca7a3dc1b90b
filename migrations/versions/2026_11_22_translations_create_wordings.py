"""translations: Create the wordings of tenants, their history, and the batches that change many at once."""

from __future__ import annotations

from alembic import op

from migrations.policies import add_feature, tenant_table

revision = "0007_translations"
down_revision = "0006_branding"


def upgrade() -> None:
    add_feature("translations")
    create_projection()
    create_history()
    create_batches()


def create_projection() -> None:
    """Create what pages and mails read: the texts in force, and a version that grows with each change."""
    op.execute("""
        create table platform.wordings (
            tenant_id uuid not null,
            locale text not null,
            domain text not null,
            source text not null,
            forms text[] not null check (cardinality(forms) between 1 and 6),
            primary key (tenant_id, locale, domain, source)
        )
    """)
    tenant_table("platform", "wordings", role="adx_translations")
    op.execute("grant select on platform.wordings to adx_gateway")
    op.execute("""
        create table platform.wording_versions (
            tenant_id uuid primary key,
            version integer not null
        )
    """)
    tenant_table("platform", "wording_versions", role="adx_translations", grants="select, insert, update")
    op.execute("grant select on platform.wording_versions to adx_gateway")


def create_history() -> None:
    op.execute("""
        create table translations.changes (
            tenant_id uuid not null,
            id uuid not null,
            locale text not null,
            domain text not null,
            source text not null,
            forms text[],
            before text[],
            kind text not null check (kind in ('edit', 'revert', 'import', 'replace', 'take_back')),
            actor_id uuid,
            actor_name text not null,
            batch_id uuid,
            created_at timestamptz not null default now(),
            primary key (tenant_id, id)
        )
    """)
    op.execute("create index changes_by_text on translations.changes (tenant_id, locale, domain, source, id desc)")
    op.execute("create index changes_by_batch on translations.changes (tenant_id, batch_id)")
    tenant_table("translations", "changes")


def create_batches() -> None:
    op.execute("""
        create table translations.batches (
            tenant_id uuid not null,
            id uuid not null,
            kind text not null check (kind in ('import', 'replace', 'take_back')),
            locale text not null,
            domain text not null,
            name text not null,
            content bytea,
            actor_id uuid not null,
            actor_name text not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, id)
        )
    """)
    tenant_table("translations", "batches")
    op.execute("""
        create table translations.batch_items (
            tenant_id uuid not null,
            batch_id uuid not null,
            position integer not null,
            domain text not null,
            source text not null,
            forms text[],
            before text[],
            fault jsonb,
            applied boolean not null default false,
            primary key (tenant_id, batch_id, position),
            foreign key (tenant_id, batch_id) references translations.batches (tenant_id, id) on delete cascade
        )
    """)
    tenant_table("translations", "batch_items")


def downgrade() -> None:
    op.execute("drop table translations.batch_items")
    op.execute("drop table translations.batches")
    op.execute("drop table translations.changes")
    op.execute("drop table platform.wording_versions")
    op.execute("drop table platform.wordings")
