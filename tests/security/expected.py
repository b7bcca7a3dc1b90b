"""The grants that were agreed on, written out: a new one is a change of this file, seen in review.

Tables of a feature's own schema need no line: they are open to the feature's role and to nobody else.
"""

from __future__ import annotations

from entrypoints.registry import REGISTRY

OWNER = "adx_owner"
LOGIN_ROLE = "adx_app"
MIGRATING_ROLE = "adx_migrate"
BOUND_ROLES = "adx_tenant_bound"
PLATFORM_ROLE = "adx_platform"
GATEWAY_ROLE = "adx_gateway"
KEYS_ROLE = "adx_keys"

FEATURES = (*REGISTRY.names, "billing", "ai", "modules", "compliance")
"""Those with a manifest, and those whose schema is there before them."""

FEATURE_ROLES = frozenset(f"adx_{feature}" for feature in FEATURES)
TENANT_ROLES = FEATURE_ROLES | {GATEWAY_ROLE, KEYS_ROLE}
"""The roles that work inside one tenant."""

ROW_PRIVILEGES = frozenset({"select", "insert", "update", "delete"})

INTERNAL = frozenset({"platform.migrations"})
"""Relations that only migrations touch; granted to nobody."""

OPENED_ACROSS_TENANTS = frozenset({
    "platform.runs", "platform.run_steps", "platform.outbox", "platform.notices", "platform.tenant_keys",
    "platform.audit_heads", "platform.submissions",
})  # fmt: skip
"""Tenant tables that the sweeps see across tenants."""

AS_OWNER = frozenset({"platform.record_audit"})
"""Functions that run with their owner's rights."""


def _grants(roles: frozenset[str] | set[str], privileges: str) -> frozenset[tuple[str, str]]:
    return frozenset((role, privilege) for role in roles for privilege in privileges.split())


ALL = "select insert update delete"
EVERY_FEATURE_READS = _grants(FEATURE_ROLES, "select")
GATEWAY_READS = _grants({GATEWAY_ROLE}, "select")

PLATFORM_GRANTS: dict[str, frozenset[tuple[str, str]]] = {
    "platform.tenants": _grants({"adx_tenants"}, ALL)
    | EVERY_FEATURE_READS
    | GATEWAY_READS
    | _grants({PLATFORM_ROLE}, "select"),
    "platform.people": _grants({"adx_tenants"}, ALL) | EVERY_FEATURE_READS | GATEWAY_READS,
    "platform.account_tenants": _grants({"adx_tenants"}, ALL) | GATEWAY_READS,
    "platform.entitlements": _grants({"adx_tenants", "adx_billing"}, ALL) | EVERY_FEATURE_READS | GATEWAY_READS,
    "platform.preferences": _grants({"adx_users"}, ALL)
    | _grants({GATEWAY_ROLE, "adx_auth", "adx_tenants", "adx_notifications"}, "select"),
    "platform.brands": _grants({"adx_branding"}, ALL) | EVERY_FEATURE_READS | GATEWAY_READS,
    "platform.sessions": _grants({GATEWAY_ROLE}, ALL),
    "platform.handovers": _grants({GATEWAY_ROLE}, ALL),
    "platform.throttle": _grants({GATEWAY_ROLE}, ALL),
    "platform.runs": _grants({"adx_runs"}, ALL)
    | _grants(FEATURE_ROLES, "select insert")
    | _grants({PLATFORM_ROLE}, "select update"),
    "platform.run_groups": _grants({"adx_runs"}, ALL) | _grants(FEATURE_ROLES, "insert"),
    "platform.run_steps": _grants({"adx_runs"}, ALL) | _grants({PLATFORM_ROLE}, "select"),
    "platform.step_durations": _grants({"adx_runs"}, ALL) | EVERY_FEATURE_READS,
    "platform.effects": _grants(FEATURE_ROLES, "select insert delete"),
    "platform.outbox": _grants(FEATURE_ROLES, "insert") | _grants({PLATFORM_ROLE}, "select delete"),
    "platform.submissions": _grants(FEATURE_ROLES, "insert")
    | _grants({GATEWAY_ROLE}, "select update")
    | _grants({PLATFORM_ROLE}, "select delete"),
    "platform.notices": _grants(FEATURE_ROLES, "insert")
    | _grants({"adx_notifications"}, ALL)
    | _grants({"adx_runs"}, "select update")
    | _grants({PLATFORM_ROLE}, "select"),
    "platform.wordings": _grants({"adx_translations"}, ALL) | GATEWAY_READS,
    "platform.wording_versions": _grants({"adx_translations"}, "select insert update") | GATEWAY_READS,
    "platform.tenant_keys": _grants({KEYS_ROLE}, "select insert update") | _grants({PLATFORM_ROLE}, "select update"),
    "platform.person_keys": _grants({KEYS_ROLE}, "select insert update"),
    "platform.audit_prefixes": _grants({"adx_compliance"}, "select"),
    "platform.audit": _grants({"adx_compliance"}, "select"),
    "platform.audit_heads": _grants({"adx_compliance", PLATFORM_ROLE}, "select"),
}

PLATFORM_FUNCTIONS = {
    "platform.append_audit": _grants(TENANT_ROLES, "execute"),
    "platform.record_audit": _grants(TENANT_ROLES, "execute"),
}
