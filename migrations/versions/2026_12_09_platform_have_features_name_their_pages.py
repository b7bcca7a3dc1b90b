"""platform: Have what workspaces say of a feature's pages follow into the catalogue of the feature that offers them."""

from __future__ import annotations

from migrations.renaming import move_texts

revision = "0031_platform"
down_revision = "0030_platform"


def upgrade() -> None:
    move_texts("features_offer")


def downgrade() -> None:
    """Leave the texts where they are: what the version of before does not find there, it says in its own words."""
