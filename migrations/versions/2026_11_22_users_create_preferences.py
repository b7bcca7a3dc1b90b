"""users: Create preferences, and let tenants leave language and time zone open."""

from __future__ import annotations

from alembic import op

from migrations.policies import global_table

revision = "0005_users"
down_revision = "0004_files"


def upgrade() -> None:
    op.execute("""
        create table platform.preferences (
            user_id uuid primary key,
            locale text check (length(locale) <= 20),
            timezone text check (length(timezone) <= 60),
            colour_scheme text check (colour_scheme in ('system', 'light', 'dark')),
            theme text check (length(theme) <= 40)
        )
    """)
    global_table(
        "platform", "preferences", role="adx_users", because="a person has one set of preferences for all tenants"
    )
    op.execute("grant select on platform.preferences to adx_gateway, adx_auth, adx_tenants")
    # No tenant has chosen a language so far: it was that of the person who made it.
    op.execute("""
        -- Nothing that is installed reads this column yet.
        -- squawk-ignore ban-drop-not-null, ban-drop-default
        alter table platform.tenants alter column locale drop not null, alter column locale drop default
    """)
    op.execute("update platform.tenants set locale = null")
    op.execute("alter table platform.tenants add column timezone text")


def downgrade() -> None:
    op.execute("alter table platform.tenants drop column timezone")
    op.execute("update platform.tenants set locale = 'en' where locale is null")
    op.execute("alter table platform.tenants alter column locale set default 'en', alter column locale set not null")
    op.execute("drop table platform.preferences")
