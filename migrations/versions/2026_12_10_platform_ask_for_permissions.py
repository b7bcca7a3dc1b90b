"""platform: Have what workspaces say where something is not allowed follow: roles are asked, not who is an admin."""

from __future__ import annotations

from migrations.renaming import rename_texts

revision = "0032_platform"
down_revision = "0031_platform"


def upgrade() -> None:
    rename_texts("permissions")


def downgrade() -> None:
    """Leave the texts as they are: what the version of before does not know, it says in its own words."""
