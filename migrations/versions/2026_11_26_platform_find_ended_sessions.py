"""platform: Find ended sessions without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0009_platform"
down_revision = "0008_notifications"


def upgrade() -> None:
    op.execute("create index sessions_by_expiry on platform.sessions (expires_at)")
    op.execute("create index sessions_by_use on platform.sessions (seen_at)")


def downgrade() -> None:
    op.execute("drop index platform.sessions_by_use")
    op.execute("drop index platform.sessions_by_expiry")
