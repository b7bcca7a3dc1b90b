"""notifications: Create notifications and what people want of them."""

from __future__ import annotations

from alembic import op

from migrations.policies import add_feature, platform_access, tenant_table

revision = "0008_notifications"
down_revision = "0007_translations"

OLDER_FEATURES = (
    *("auth", "tenants", "users", "files", "runs", "branding", "billing", "ai", "modules", "compliance"),
    "translations",
)


def upgrade() -> None:
    add_feature("notifications")
    op.execute("""
        create table platform.notices (
            tenant_id uuid not null,
            id uuid not null,
            user_id uuid not null,
            key text not null,
            kind text not null,
            message jsonb not null,
            detail jsonb,
            tone text not null default '' check (tone in ('', 'success', 'warning', 'danger')),
            href text not null,
            created_at timestamptz not null default now(),
            read_at timestamptz,
            mail text not null default 'new' check (mail in ('new', 'none', 'due', 'waiting', 'sent')),
            pace text not null default '' check (pace in ('', 'unread', 'at_once')),
            mailing_id uuid,
            primary key (tenant_id, id)
        )
    """)
    op.execute("create unique index notices_by_key on platform.notices (tenant_id, user_id, key)")
    op.execute("create index notices_by_person on platform.notices (tenant_id, user_id, id desc)")
    op.execute("create index notices_unread on platform.notices (tenant_id, user_id) where read_at is null")
    op.execute("create index notices_to_mail on platform.notices (tenant_id) where mail in ('new', 'due')")
    op.execute("create index notices_in_mail on platform.notices (tenant_id, mailing_id) where mailing_id is not null")
    tenant_table("platform", "notices", role="adx_notifications")
    platform_access("platform", "notices", grants="select")
    for feature in OLDER_FEATURES:
        op.execute(
            f"do $$ begin if to_regnamespace('{feature}') is not null then "
            f"grant insert on platform.notices to adx_{feature}; end if; end $$"
        )

    op.execute("grant select on platform.preferences to adx_notifications")
    op.execute("""
        create table notifications.choices (
            tenant_id uuid not null,
            user_id uuid not null,
            kind text not null,
            in_product boolean not null,
            mail text not null check (mail in ('never', 'unread', 'at_once')),
            primary key (tenant_id, user_id, kind)
        )
    """)
    tenant_table("notifications", "choices")


def downgrade() -> None:
    op.execute("drop table notifications.choices")
    op.execute("drop table platform.notices")
    op.execute("drop schema notifications")
