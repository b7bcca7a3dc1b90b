"""platform: Find mails that wait for long without reading all notices."""

from __future__ import annotations

from alembic import op

revision = "0015_platform"
down_revision = "0014_files"


def upgrade() -> None:
    op.execute("create index notices_waiting on platform.notices (created_at) where mail = 'waiting'")


def downgrade() -> None:
    op.execute("drop index platform.notices_waiting")
