"""Which rows of files wait for a run."""

from __future__ import annotations

from sqlalchemy import text

from core.runs.settling import NothingUnsettled, Unsettled

UNSETTLED = (
    Unsettled(
        "files",
        ("files.ingest",),
        text("""
            select id::text as subject_id, created_at as since from files.files
            where state = 'pending' and id = coalesce(cast(cast(:subject as text) as uuid), id)
        """),
    ),
    Unsettled(
        "files",
        ("files.remove",),
        text("""
            select id::text as subject_id, trashed_at as since from files.files
            where trashed_at is not null and id = coalesce(cast(cast(:subject as text) as uuid), id)
        """),
    ),
    NothingUnsettled(("files.tidy",), because="a schedule begins it anew every hour", rowless=True),
)
