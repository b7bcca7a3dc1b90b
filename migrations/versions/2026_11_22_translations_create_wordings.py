"""translations: Create the wordings of tenants."""

from __future__ import annotations

revision = "0007_translations"
down_revision = "0006_branding"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
