"""What the platform's own workflows are called: engineers alone see them, so they are no runs of anybody."""

from __future__ import annotations

from datetime import timedelta

SWEEP = "runs.sweep"
SWEEP_EVERY = timedelta(seconds=10)

ANCHOR = "runs.anchor"
ANCHOR_EVERY = timedelta(minutes=1)
