"""platform: Have what is stored by texts that begin to count follow, once for each plural form of its language."""

from __future__ import annotations

from migrations.renaming import rename_texts

revision = "0028_platform"
down_revision = "0027_platform"


def upgrade() -> None:
    rename_texts("counted")


def downgrade() -> None:
    """Leave the texts as they are: what the version of before does not know, it says in English."""
