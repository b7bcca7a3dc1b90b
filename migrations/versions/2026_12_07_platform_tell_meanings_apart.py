"""platform: Have what workspaces say follow where one text has become two, each with a meaning of its own."""

from __future__ import annotations

from migrations.renaming import rename_texts

revision = "0029_platform"
down_revision = "0028_platform"


def upgrade() -> None:
    rename_texts("told_apart")


def downgrade() -> None:
    """Leave the texts as they are: what the version of before does not know, it never says."""
