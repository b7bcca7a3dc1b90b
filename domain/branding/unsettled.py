"""Which rows of branding wait for a run."""

from __future__ import annotations

from core.runs.settling import NothingUnsettled

UNSETTLED = (
    NothingUnsettled(("branding.publish",), because="a version is written and shown by one transaction, or not at all"),
    NothingUnsettled(("branding.test_mail",), because="it sends a mail and writes nothing"),
)
