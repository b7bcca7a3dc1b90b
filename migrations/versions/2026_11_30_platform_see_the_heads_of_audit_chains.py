"""platform: Let the platform see the head of every audit chain, to keep them outside."""

from __future__ import annotations

from alembic import op

from migrations.policies import platform_access

revision = "0021_platform"
down_revision = "0020_audit"


def upgrade() -> None:
    platform_access("platform", "audit_heads", grants="select")


def downgrade() -> None:
    op.execute("revoke select on platform.audit_heads from adx_platform")
    op.execute("drop policy platform_access on platform.audit_heads")
