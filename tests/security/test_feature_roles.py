"""Each feature's role reaches its own schema and what the platform grants it; nothing else, tried for real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg import errors, sql

from tests.security import catalog as catalogs
from tests.security.expected import (
    FEATURE_ROLES,
    FEATURES,
    PLATFORM_GRANTS,
    PLATFORM_ROLE,
    ROW_PRIVILEGES,
    TENANT_ROLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from tests.security.catalog import Catalog, Relation
    from tests.security.conftest import Scratch

pytestmark = pytest.mark.security

# EXPLAIN asks for the same rights as the statement itself and changes nothing.
TRIALS = {
    "select": "explain select from {table}",
    "insert": "explain insert into {table} default values",
    "update": "explain update {table} set {column} = default",
    "delete": "explain delete from {table}",
    "truncate": "truncate {table} cascade",
}


SAY = "select platform.record_audit(gen_random_uuid(), {}, 'role:x', 'ok', null, '{{}}', null, null)"
SAY_AS_BEFORE = "select platform.append_audit(null, {}, 'role:x', '{{}}')"
PREFIXES = {"adx_auth": "account", "adx_tenants": "tenant", "adx_branding": "brand", "adx_runs": "run"}


@pytest.fixture(scope="module")
def catalog(scratch: Scratch) -> Catalog:
    with scratch.as_superuser() as connection:
        return catalogs.read(connection)


def test_every_feature_has_a_role_and_a_schema(catalog: Catalog) -> None:
    schemas = catalog.schemas.keys() - {"platform", "public"}
    assert schemas == set(FEATURES)
    assert catalog.roles.keys() >= {f"adx_{schema}" for schema in schemas}


@pytest.mark.parametrize("role", sorted(TENANT_ROLES | {PLATFORM_ROLE}))
def test_a_role_reaches_what_it_was_granted_and_nothing_else(scratch: Scratch, catalog: Catalog, role: str) -> None:
    with scratch.as_login_role() as connection:
        become(connection, role)
        reached = set(_reachable(connection, catalog))
    assert reached == {
        (table.full_name, privilege) for table in catalog.relations.values() for privilege in _agreed(role, table)
    }


def test_the_login_role_alone_reaches_nothing(scratch: Scratch, catalog: Catalog) -> None:
    with scratch.as_login_role() as connection:
        assert list(_reachable(connection, catalog)) == []


@pytest.mark.parametrize("role", sorted(FEATURE_ROLES))
def test_a_feature_builds_nothing(scratch: Scratch, catalog: Catalog, role: str) -> None:
    with scratch.as_login_role() as connection:
        become(connection, role)
        built = [
            f"{kind} in {schema}"
            for schema in [*catalog.schemas, "pg_temp"]
            for kind, statement in {
                "table": f"create table {schema}.planted (id int)",
                "function": f"create function {schema}.planted() returns int language sql as 'select 1'",
            }.items()
            if _allowed(connection, sql.SQL(statement))
        ]
        built += [name for name in ("role", "schema") if _allowed(connection, sql.SQL(f"create {name} planted"))]
    assert built == []


def test_no_feature_writes_the_audit_but_through_its_door(scratch: Scratch) -> None:
    for role in sorted(FEATURE_ROLES):
        with scratch.as_login_role() as connection:
            become(connection, role)
            assert not _allowed(connection, sql.SQL("insert into platform.audit default values"))
            assert not _allowed(connection, sql.SQL("update platform.audit set action = ''"))
            assert not _allowed(connection, sql.SQL("delete from platform.audit_heads"))
            prefix = PREFIXES.get(role, role.removeprefix("adx_"))
            assert _allowed(connection, sql.SQL(SAY).format(sql.Literal(f"{prefix}.tried")))
            assert not _allowed(connection, sql.SQL(SAY).format(sql.Literal("key.shredded")))
            assert not _allowed(connection, sql.SQL(SAY_AS_BEFORE).format(sql.Literal("key.shredded")))


def test_a_grant_too_many_is_seen(scratch: Scratch, catalog: Catalog) -> None:
    with scratch.as_superuser() as connection:
        connection.execute("grant select on auth.accounts to adx_files; grant usage on schema auth to adx_files")
        connection.execute("set local role adx_files")
        assert ("auth.accounts", "select") in set(_reachable(connection, catalog))


def become(connection: Connection[Any], role: str) -> None:
    tenant = "00000000-0000-7000-8000-000000000000"
    connection.execute("select set_config('role', %s, true), set_config('adx.tenant_id', %s, true)", [role, tenant])


def _reachable(connection: Connection[Any], catalog: Catalog) -> Iterator[tuple[str, str]]:
    for table in catalog.relations.values():
        for privilege, trial in TRIALS.items():
            statement = sql.SQL(trial).format(
                table=sql.Identifier(table.schema, table.name), column=sql.Identifier(table.column_names[0])
            )
            if _allowed(connection, statement):
                yield table.full_name, privilege


def _allowed(connection: Connection[Any], statement: sql.SQL | sql.Composed) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except errors.InsufficientPrivilege:
        return False
    return True


def _agreed(role: str, table: Relation) -> set[str]:
    if table.schema == "platform":
        return {privilege for grantee, privilege in PLATFORM_GRANTS.get(table.full_name, ()) if grantee == role}
    return set(ROW_PRIVILEGES) if role == f"adx_{table.schema}" else set()
