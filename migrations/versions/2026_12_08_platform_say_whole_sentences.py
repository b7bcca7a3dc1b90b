"""platform: Have what workspaces say follow where a text has taken in what stood beside it."""

from __future__ import annotations

from migrations.renaming import rename_texts

revision = "0030_platform"
down_revision = "0029_platform"


def upgrade() -> None:
    rename_texts("whole")


def downgrade() -> None:
    """Leave the texts as they are: what the version of before does not know, it says in English."""
