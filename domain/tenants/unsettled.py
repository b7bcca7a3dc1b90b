"""Which rows of tenants wait for a run."""

from __future__ import annotations

from sqlalchemy import text

from core.runs.settling import Unsettled

UNSETTLED = (
    Unsettled(
        "tenants",
        ("tenants.provision",),
        # A slug is there before the tenant, and both before its doors are open.
        text("""
            select s.tenant_id::text as subject_id, s.reserved_at as since from tenants.slugs s
            left join platform.tenants t on t.id = s.tenant_id
            where coalesce(t.state, 'provisioning') = 'provisioning'
                and s.tenant_id = coalesce(cast(cast(:subject as text) as uuid), s.tenant_id)
        """),
        at_home=True,
    ),
)
