"""notifications: Create notifications and what people want of them."""

from __future__ import annotations

revision = "0008_notifications"
down_revision = "0007_translations"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
