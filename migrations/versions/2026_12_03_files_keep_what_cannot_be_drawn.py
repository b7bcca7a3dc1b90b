"""files: Keep what cannot be drawn, named or looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterable

revision = "0024_files"
down_revision = "0023_platform"

STATES = "receiving", "pending", "ready", "sealed", "infected", "unscannable", "unsupported", "broken"
NOTES = "", "protected", "too_many_pixels", "undrawable"


def upgrade() -> None:
    _allow("state", STATES)
    _allow("note", NOTES)


def downgrade() -> None:
    op.execute("update files.files set state = 'unscannable' where state = 'sealed'")
    op.execute("update files.files set note = '' where note = 'undrawable'")
    _allow("state", [state for state in STATES if state != "sealed"])
    _allow("note", [note for note in NOTES if note != "undrawable"])


def _allow(column: str, words: Iterable[str]) -> None:
    """Let a column hold these words. Not validated, which would read the whole table: its rows hold fewer words."""
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"""
        -- squawk-ignore ban-drop-constraint
        alter table files.files drop constraint files_{column}_check
    """)
    op.execute(f"alter table files.files add constraint files_{column}_check check ({column} in ({listed})) not valid")
