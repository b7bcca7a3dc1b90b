"""files: Let an upload keep its row and its space for a while at a time."""

from __future__ import annotations

from alembic import op

revision = "0014_files"
down_revision = "0013_platform"


def upgrade() -> None:
    # What is under way now was begun by processes that renew nothing.
    op.execute(
        "alter table files.files add column lease_until timestamptz not null default now() + interval '24 hours'"
    )


def downgrade() -> None:
    op.execute("alter table files.files drop column lease_until")
