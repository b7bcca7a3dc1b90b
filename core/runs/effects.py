"""Keys under which an activity does its effect once, however often it is tried."""

from __future__ import annotations

from temporalio import activity


def effect_key(name: str) -> str:
    """Return the key of one effect of the running workflow: the same over retries, restarts and continues."""
    return f"{activity.info().workflow_id}:{name}"
