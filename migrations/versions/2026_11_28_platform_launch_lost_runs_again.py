"""platform: Count how often a run was launched, so that one that is lost again and again is told."""

from __future__ import annotations

from alembic import op

revision = "0011_platform"
down_revision = "0010_platform"


def upgrade() -> None:
    op.execute("alter table platform.runs add column launches integer not null default 1")


def downgrade() -> None:
    op.execute("alter table platform.runs drop column launches")
