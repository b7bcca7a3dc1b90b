"""The rules that every relation of the product keeps, checked against the catalog alone.

A new table, view, function or role is picked up by itself: what is not declared is a finding. ``inspect`` returns the
breaches; an empty list is what the checks ask for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.security.expected import (
    AS_OWNER,
    BOUND_ROLES,
    INTERNAL,
    LOGIN_ROLE,
    MIGRATING_ROLE,
    OPENED_ACROSS_TENANTS,
    OWNER,
    PLATFORM_FUNCTIONS,
    PLATFORM_GRANTS,
    PLATFORM_ROLE,
    ROW_PRIVILEGES,
    TENANT_ROLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.security.catalog import Catalog, Class, Function, Relation, RoleFacts, Schema

PREDICATE = "(tenant_id = (( SELECT current_setting('adx.tenant_id'::text) AS current_setting))::uuid)"
REASON = re.compile(r"adx:global: \S.{9,}")


@dataclass(frozen=True, order=True)
class Breach:
    """A rule that something breaks."""

    rule: str
    subject: str
    detail: str = ""


def inspect(catalog: Catalog) -> list[Breach]:
    """Return every breach of the rules of isolation."""
    return sorted(_breaches(catalog))


def class_of(relation: Relation) -> Class:
    """Return what a relation is declared to be."""
    if relation.full_name in INTERNAL:
        return "internal"
    if relation.comment == "adx:tenant":
        return "tenant"
    return "global" if REASON.fullmatch(relation.comment) else "unclassified"


def tenant_tables(catalog: Catalog) -> list[Relation]:
    """Return the tables whose rows belong to a tenant."""
    return [table for table in catalog.relations.values() if table.is_table and class_of(table) == "tenant"]


def _breaches(catalog: Catalog) -> Iterator[Breach]:
    for relation in catalog.relations.values():
        yield from _of_relation(relation, catalog)
    for schema in catalog.schemas.values():
        yield from _of_schema(schema)
    for function in catalog.functions:
        yield from _of_function(function)
    for role in catalog.roles.values():
        yield from _of_role(role)
    if catalog.default_grants:
        yield Breach("grants are given one by one", "pg_default_acl", f"{catalog.default_grants} default grants")


# --- relations --------------------------------------------------------------------------------------------------------


def _of_relation(relation: Relation, catalog: Catalog) -> Iterator[Breach]:
    name, declared = relation.full_name, class_of(relation)
    if relation.kind not in {"r", "p", "v"}:
        yield Breach("only tables and views", name, {"S": "sequence", "m": "materialised view"}.get(relation.kind, "?"))
        return
    if declared == "unclassified":
        yield Breach("is classified", name, relation.comment or "no comment")
    if relation.owner != OWNER:
        yield Breach("belongs to the owner", name, relation.owner)
    if relation.kind == "v" and "security_invoker=true" not in relation.options:
        yield Breach("views look with their reader's eyes", name)
    yield from _of_columns(relation)
    yield from _of_grants(relation, declared)
    if relation.is_table and declared == "tenant":
        yield from _of_tenant_table(relation, catalog)
    elif relation.is_table:
        yield from _of_global_table(relation, catalog)


def _of_columns(relation: Relation) -> Iterator[Breach]:
    for column in relation.columns:
        if column["identity"] or "nextval" in column["default"]:
            yield Breach("no sequences", relation.full_name, column["name"])
        if column["granted"]:
            yield Breach("grants are on whole tables", relation.full_name, column["name"])


def _of_grants(relation: Relation, declared: Class) -> Iterator[Breach]:
    for role, privilege in sorted(relation.grants - _most_grants(relation, declared)):
        yield Breach("granted to no one else", relation.full_name, f"{privilege} to {role}")
    if relation.schema == "platform":
        for role, privilege in sorted(PLATFORM_GRANTS.get(relation.full_name, frozenset()) - relation.grants):
            yield Breach("granted as listed", relation.full_name, f"{privilege} to {role} is missing")


def _most_grants(relation: Relation, declared: Class) -> frozenset[tuple[str, str]]:
    if declared in {"internal", "unclassified"}:
        return frozenset()
    if relation.schema == "platform":
        return PLATFORM_GRANTS.get(relation.full_name, frozenset())
    return frozenset((f"adx_{relation.schema}", privilege) for privilege in ROW_PRIVILEGES)


def _of_tenant_table(table: Relation, catalog: Catalog) -> Iterator[Breach]:
    name = table.full_name
    if not table.secured:
        yield Breach("row security is on", name)
    if not table.forced:
        yield Breach("row security binds the owner too", name)
    tenant = [column for column in table.columns if column["name"] == "tenant_id"]
    if not tenant or tenant[0]["type"] != "uuid" or not tenant[0]["required"]:
        yield Breach("has a tenant_id that is never null", name)
    yield from _of_policies(table)
    for index in table.unique_indexes:
        if index["columns"][0] != "tenant_id":
            yield Breach("unique keys begin with the tenant", name, index["name"])
    for key in table.foreign_keys:
        yield from _of_tenant_foreign_key(table, key, catalog)


def _of_policies(table: Relation) -> Iterator[Breach]:
    policies = {policy["name"]: policy for policy in table.policies}
    expected = {"tenant_isolation": _policy(BOUND_ROLES, PREDICATE)}
    if table.full_name in OPENED_ACROSS_TENANTS:
        expected["platform_access"] = _policy(PLATFORM_ROLE, "true")
    for name in expected.keys() | policies.keys():
        if name not in policies:
            yield Breach("has its policy", table.full_name, name)
        elif name not in expected:
            yield Breach("has no other policy", table.full_name, name)
        elif {key: policies[name][key] for key in expected[name]} != expected[name]:
            yield Breach("the policy is the agreed one", table.full_name, f"{name}: {policies[name]}")


def _policy(role: str, predicate: str) -> dict[str, object]:
    return {"command": "*", "permissive": True, "roles": [role], "using": predicate, "check": predicate}


def _of_tenant_foreign_key(table: Relation, key: dict[str, list[str]], catalog: Catalog) -> Iterator[Breach]:
    target = catalog.relations.get(str(key["target"]))
    to_tenant_table = target is not None and class_of(target) == "tenant"
    begins = key["columns"][0] == "tenant_id" and (not to_tenant_table or key["target_columns"][0] == "tenant_id")
    if not begins:
        yield Breach("foreign keys begin with the tenant", table.full_name, str(key["name"]))
    if target is not None and target.schema not in {table.schema, "platform"}:
        yield Breach("foreign keys stay in their feature", table.full_name, str(key["name"]))


def _of_global_table(table: Relation, catalog: Catalog) -> Iterator[Breach]:
    for key in table.foreign_keys:
        target = catalog.relations.get(key["target"])
        if target is not None and class_of(target) == "tenant":
            # The server checks references as the owner: a global row would tell whether another tenant's row is there.
            yield Breach("global tables do not point into tenants", table.full_name, key["name"])
        if target is not None and target.schema not in {table.schema, "platform"}:
            yield Breach("foreign keys stay in their feature", table.full_name, key["name"])


# --- schemas, functions, roles ----------------------------------------------------------------------------------------


def _of_schema(schema: Schema) -> Iterator[Breach]:
    if schema.name == "public":
        return  # belongs to the server; anything inside it is a finding of its own
    if schema.owner != OWNER:
        yield Breach("belongs to the owner", schema.name, schema.owner)
    roles = TENANT_ROLES | {PLATFORM_ROLE} if schema.name == "platform" else {f"adx_{schema.name}"}
    for role, privilege in sorted(schema.grants ^ {(role, "usage") for role in roles}):
        yield Breach("a schema is open to its feature alone", schema.name, f"{privilege} of {role}")


def _of_function(function: Function) -> Iterator[Breach]:
    if function.as_owner and function.name not in AS_OWNER:
        yield Breach("runs with its caller's rights", function.name)
    if function.as_owner and "search_path=pg_catalog" not in function.settings:
        yield Breach("functions of the owner fix their search path", function.name)
    if function.owner != OWNER:
        yield Breach("belongs to the owner", function.name, function.owner)
    expected = PLATFORM_FUNCTIONS.get(function.name)
    schema = function.name.partition(".")[0]
    allowed = expected if expected is not None else {(f"adx_{schema}", "execute")}
    for role, privilege in sorted(function.grants - allowed):
        yield Breach("granted to no one else", function.name, f"{privilege} to {role}")


def _of_role(role: RoleFacts) -> Iterator[Breach]:
    if role.superuser or role.bypasses or role.replicates or role.makes_databases:
        yield Breach("no role stands above row security", role.name)
    if role.logs_in != (role.name in {LOGIN_ROLE, MIGRATING_ROLE}):
        yield Breach("only the login roles log in", role.name)
    if role.makes_roles and role.name != MIGRATING_ROLE:
        yield Breach("only the migrating role makes roles", role.name)
    for membership in role.memberships:
        if not _may_be_member(role.name, membership):
            yield Breach("roles are members as agreed", role.name, str(membership))


def _may_be_member(role: str, membership: dict[str, object]) -> bool:
    target = str(membership["role"])
    if role == LOGIN_ROLE:
        # It takes a role for one transaction; it inherits nothing, so without a role it may touch nothing.
        switched = membership["switches"] and not membership["inherits"] and not membership["hands_on"]
        return bool(switched) and target in TENANT_ROLES | {PLATFORM_ROLE}
    if role == MIGRATING_ROLE:
        return target == OWNER or bool(membership["hands_on"])
    return target == BOUND_ROLES and role in TENANT_ROLES | {OWNER} and not membership["hands_on"]
