"""Which rows of notifications wait for a run."""

from __future__ import annotations

from core.runs.settling import NothingUnsettled

UNSETTLED = (
    NothingUnsettled(
        ("notifications.mail",), because="the regular look names a mail again whose workflow is gone", rowless=True
    ),
    NothingUnsettled(("notifications.tidy",), because="a schedule begins it anew every six hours", rowless=True),
)
