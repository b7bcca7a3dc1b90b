"""branding: Create brands and their versions."""

from __future__ import annotations

revision = "0006_branding"
down_revision = "0005_users"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
