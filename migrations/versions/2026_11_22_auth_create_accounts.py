"""auth: Create accounts and the links that verify their addresses."""

from __future__ import annotations

from alembic import op

from migrations.policies import global_table

revision = "0002_auth"
down_revision = "0001_platform"


def upgrade() -> None:
    op.execute("""
        create table auth.accounts (
            id uuid primary key,
            email text not null check (email = lower(email)),
            name text not null,
            password_hash text not null,
            state text not null check (state in ('pending', 'active')),
            locale text not null default 'en',
            created_at timestamptz not null default now(),
            activated_at timestamptz
        )
    """)
    # Only a verified address is taken: somebody else's unverified attempt must not keep its owner out.
    op.execute("create unique index accounts_by_active_email on auth.accounts (email) where state = 'active'")
    global_table("auth", "accounts", because="a person has one account for all tenants, used before one is chosen")
    op.execute("""
        create table auth.verifications (
            token_hash bytea primary key,
            account_id uuid not null references auth.accounts (id) on delete cascade,
            expires_at timestamptz not null
        )
    """)
    op.execute("create index verifications_by_account on auth.verifications (account_id)")
    global_table("auth", "verifications", because="a link from a mail is looked up before it is known whose it is")


def downgrade() -> None:
    op.execute("drop table auth.verifications")
    op.execute("drop table auth.accounts")
