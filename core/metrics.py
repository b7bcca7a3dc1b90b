"""The figures that an operator watches. Labels are names of ours, never a tenant's or a person's."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from core.telemetry import REGISTRY

SHORT = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
LONG = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)

REQUESTS = Histogram(
    "adx_request_seconds",
    "Time to answer a request, by method, route and status.",
    ["method", "route", "status"],
    buckets=SHORT,
    registry=REGISTRY,
)
STREAMS = Gauge("adx_live_streams", "Event streams that are open now.", registry=REGISTRY)
REFUSED = Counter(
    "adx_refused",
    "What was sent away because there was more to do than could be done: pages, or streams to be opened.",
    ["what"],
    registry=REGISTRY,
)
STEPS = Histogram(
    "adx_step_seconds",
    "Time of one attempt at a step, by how it ended: done, undone, retried or failed.",
    ["contract", "step", "end"],
    buckets=LONG,
    registry=REGISTRY,
)
RUNS = Counter(
    "adx_runs",
    "Runs that ended, or stopped because they need somebody (needs_you) or an engineer (stuck).",
    ["contract", "state"],
    registry=REGISTRY,
)
WAITING = Gauge(
    "adx_runs_waiting_seconds",
    "Age of what waits longest to be picked up: a launched run to be started, a fact in the outbox to be told.",
    ["what"],
    registry=REGISTRY,
)
STUCK = Gauge("adx_runs_stuck", "Open runs that need an engineer.", registry=REGISTRY)
ANCHORED_AT = Gauge(
    "adx_audit_anchored_at_seconds",
    "When the heads of audit chains were last anchored outside, or found unmoved, in seconds since 1970.",
    registry=REGISTRY,
)
CONTRADICTING = Gauge(
    "adx_audit_chains_behind_anchors",
    "Audit chains that are gone or shorter than what was anchored.",
    registry=REGISTRY,
)
UNSETTLED = Gauge(
    "adx_rows_unsettled",
    "Rows that wait for a run of the contract, none of which is open.",
    ["contract"],
    registry=REGISTRY,
)
