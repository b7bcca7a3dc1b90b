"""users: Create preferences."""

from __future__ import annotations

revision = "0005_users"
down_revision = "0004_files"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
