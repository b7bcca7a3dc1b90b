"""${message}.

Rules: one sentence, one idea; new tenant tables go through ``policies.tenant_table``; locks are bounded, so build
indexes of large tables concurrently and add constraints NOT VALID first; drops come a release after the last reader.
"""

from __future__ import annotations

from alembic import op

from migrations.policies import global_table, tenant_table

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    ${upgrades if upgrades else 'op.execute("""""")'}


def downgrade() -> None:
    ${downgrades if downgrades else 'op.execute("""""")'}
