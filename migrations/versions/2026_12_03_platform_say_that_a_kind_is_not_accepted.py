"""platform: Have what is stored by the words about refused files follow the new ones."""

from __future__ import annotations

from migrations.renaming import rename_texts

revision = "0025_platform"
down_revision = "0024_files"


def upgrade() -> None:
    rename_texts("kept_files")


def downgrade() -> None:
    """Leave the texts as they are: what the version of before does not know, it says in English."""
