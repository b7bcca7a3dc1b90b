"""Which rows of auth wait for a run."""

from __future__ import annotations

from sqlalchemy import text

from core.runs.settling import Unsettled

UNSETTLED = (
    Unsettled(
        "auth",
        ("auth.register",),
        text("""
            select id::text as subject_id, created_at as since from auth.accounts
            where state = 'pending' and id = coalesce(cast(cast(:subject as text) as uuid), id)
        """),
        at_home=True,
    ),
)
