"""Which rows of translations wait for a run."""

from __future__ import annotations

from sqlalchemy import text

from core.runs.settling import Unsettled

UNSETTLED = (
    Unsettled(
        "translations",
        ("translations.import", "translations.replace", "translations.take_back"),
        # The last step of a batch leaves its effect's key.
        text(r"""
            select b.id::text as subject_id, b.created_at as since from translations.batches b
            where b.id = coalesce(cast(cast(:subject as text) as uuid), b.id) and not exists (
                select from platform.runs r join platform.effects e
                    on e.tenant_id = r.tenant_id and e.key = r.workflow_id || '\:announce'
                where r.tenant_id = b.tenant_id and r.subject_kind = 'wording' and r.subject_id = b.id::text)
        """),
    ),
)
