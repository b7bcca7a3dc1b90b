"""platform: Have what is stored by the English words of a text follow the words of one voice."""

from __future__ import annotations

from migrations.renaming import rename_texts

revision = "0023_platform"
down_revision = "0022_platform"


def upgrade() -> None:
    rename_texts("one_voice")


def downgrade() -> None:
    """Leave the texts as they are: what the version of before does not know, it says in English."""
