"""Every relation of the product keeps the rules of isolation, and no tenant's feature reaches another tenant's rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.ids import new_id
from tests.factories.rows import Rows
from tests.security import catalog as catalogs
from tests.security.attacks import Report, Target, attack_table
from tests.security.expected import LOGIN_ROLE, TENANT_ROLES
from tests.security.tables import class_of, inspect, tenant_tables

if TYPE_CHECKING:
    from uuid import UUID

    from tests.security.catalog import Catalog, Relation
    from tests.security.conftest import Scratch

pytestmark = pytest.mark.security


@pytest.fixture(scope="module")
def catalog(scratch: Scratch) -> Catalog:
    with scratch.as_superuser() as connection:
        return catalogs.read(connection)


def test_the_suite_does_not_run_above_row_security(scratch: Scratch) -> None:
    with scratch.as_login_role() as connection:
        row = connection.execute("""
            select current_user, rolsuper, rolbypassrls, rolcreaterole,
                (select count(*) from pg_class where relowner = r.oid), (select count(*) from pg_shdepend
                 where refobjid = r.oid and deptype = 'o')
            from pg_roles r where rolname = current_user
        """).fetchone()
    assert row == (LOGIN_ROLE, False, False, False, 0, 0)


def test_every_relation_keeps_the_rules(catalog: Catalog) -> None:
    assert inspect(catalog) == []


def test_every_relation_is_classified(catalog: Catalog) -> None:
    classes = {relation.full_name: class_of(relation) for relation in catalog.relations.values()}
    assert {name for name, declared in classes.items() if declared == "unclassified"} == set()
    assert {"tenant", "global"} <= set(classes.values())


def test_no_attack_reaches_another_tenants_rows(scratch: Scratch, catalog: Catalog) -> None:
    ours, theirs = new_id(), new_id()
    with scratch.as_superuser() as connection:
        rows = Rows(connection, catalog)
        targets = [aim(rows, table, ours, theirs) for table in tenant_tables(catalog)]
        connection.commit()
    report = Report()
    with scratch.as_login_role() as connection:
        for own, foreign in targets:
            for role in sorted({role for role, _ in own.table.grants} & TENANT_ROLES):
                attack_table(connection, role, own, foreign, report)
    assert report.leaks == []
    assert report.idle == [], "attacks that do nothing at home prove nothing abroad"
    assert report.worked_at_home > len(targets)
    assert report.tried > 14 * len(targets)


def aim(rows: Rows, table: Relation, ours: UUID, theirs: UUID) -> tuple[Target, Target]:
    """Fill a table with a row of either tenant; return the aim at the own one and at the foreign one."""
    own, foreign = rows.insert(table, ours), rows.insert(table, theirs)
    at_home = Target(table, own=own, aimed=own, fresh=rows.make(table, ours))
    return at_home, replace(at_home, aimed=foreign)
