"""What somebody who has become a tenant's feature may try on another tenant's rows.

Each attack is run twice: aimed at the own row, where it must work (or the role lacks the grant), which proves that the
statement does something, and aimed at the foreign row, where it must touch nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, sql

from tests.factories.rows import Row, insert_row

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection

    from tests.security.catalog import Relation

REFUSALS = (
    errors.InsufficientPrivilege,  # also what row security raises for a new row
    errors.ForeignKeyViolation,
    errors.FeatureNotSupported,  # COPY FROM on a table with row security
)


@dataclass(frozen=True)
class Target:
    """A table, the attacker's row and the one that is aimed at. ``fresh`` is a third, the attacker's, not stored."""

    table: Relation
    own: Row
    aimed: Row
    fresh: Row

    @property
    def name(self) -> sql.Composable:
        return sql.Identifier(self.table.schema, self.table.name)

    @property
    def key(self) -> list[str]:
        """The columns of the primary key, the tenant's left out."""
        columns = self.table.unique_indexes[0]["columns"]
        return [column for column in columns if column != "tenant_id"]

    @property
    def by_key(self) -> sql.Composed:
        """The condition that names the row by its key alone, or by its tenant where there is no other key."""
        columns = self.key or ["tenant_id"]
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(self.aimed[column])) for column in columns
        )

    @property
    def by_tenant(self) -> sql.Composed:
        return sql.SQL("tenant_id = {}").format(sql.Literal(self.aimed["tenant_id"]))


Attack = Callable[["Connection[Any]", Target], int]


def select_all(connection: Connection[Any], target: Target) -> int:
    rows = _all(connection, "select tenant_id from {}", target)
    return sum(row[0] == target.aimed["tenant_id"] for row in rows)


def select_by_key(connection: Connection[Any], target: Target) -> int:
    return len(_all(connection, "select tenant_id from {} where {by_key}", target))


def count(connection: Connection[Any], target: Target) -> int:
    return int(_all(connection, "select count(*) from {} where {by_tenant}", target)[0][0])


def exists(connection: Connection[Any], target: Target) -> int:
    return int(_all(connection, "select exists (select 1 from {} where {by_key})", target)[0][0])


def select_for_update(connection: Connection[Any], target: Target) -> int:
    return len(_all(connection, "select tenant_id from {} where {by_key} for update", target))


def copy_out(connection: Connection[Any], target: Target) -> int:
    statement = _fill("copy (select tenant_id from {} where {by_tenant}) to stdout", target)
    with connection.cursor().copy(statement) as copy:
        return sum(1 for _ in copy.rows())


def copy_in(connection: Connection[Any], target: Target) -> int:
    row = {**target.fresh, "tenant_id": target.aimed["tenant_id"]}
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    with connection.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(target.name, columns)) as copy:
        copy.write_row(list(row.values()))
    return 1


def insert(connection: Connection[Any], target: Target) -> int:
    return insert_row(connection, target.table, {**target.fresh, "tenant_id": target.aimed["tenant_id"]})


def insert_select(connection: Connection[Any], target: Target) -> int:
    changed = next(iter(target.key), None)
    kept = [column for column in target.fresh if column not in {changed, "tenant_id"}]
    copied = sql.SQL(", ").join(map(sql.Identifier, kept))
    statement = sql.SQL("insert into {name} ({columns}) select {values} from {name} where {where}").format(
        name=target.name,
        columns=sql.SQL(", ").join(map(sql.Identifier, ["tenant_id", *([changed] if changed else []), *kept])),
        values=sql.SQL(", ").join(
            [
                sql.Literal(target.own["tenant_id"]),
                *([sql.Literal(target.fresh[changed])] if changed else []),
                *([copied] if kept else []),
            ]
        ),
        where=target.by_key,
    )
    return connection.execute(statement).rowcount


def update(connection: Connection[Any], target: Target) -> int:
    return _count(connection, "update {} set tenant_id = tenant_id where {by_key}", target)


def update_returning(connection: Connection[Any], target: Target) -> int:
    return len(_all(connection, "update {} set tenant_id = tenant_id where {by_tenant} returning tenant_id", target))


def give_away(connection: Connection[Any], target: Target) -> int:
    """Move an own row into the tenant that is aimed at."""
    statement = sql.SQL("update {} set tenant_id = {} where tenant_id = {}").format(
        target.name, sql.Literal(target.aimed["tenant_id"]), sql.Literal(target.own["tenant_id"])
    )
    return connection.execute(statement).rowcount


def delete(connection: Connection[Any], target: Target) -> int:
    return _count(connection, "delete from {} where {by_key}", target)


def delete_returning(connection: Connection[Any], target: Target) -> int:
    return len(_all(connection, "delete from {} where {by_tenant} returning tenant_id", target))


def upsert(connection: Connection[Any], target: Target) -> int:
    row, index = target.aimed, target.table.unique_indexes[0]
    statement = sql.SQL(
        "insert into {} ({}) values ({}) on conflict ({}) do update set tenant_id = excluded.tenant_id"
    ).format(
        target.name,
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Literal, row.values())),
        sql.SQL(", ").join(map(sql.Identifier, index["columns"])),
    )
    return connection.execute(statement).rowcount


def merge(connection: Connection[Any], target: Target) -> int:
    return _count(connection, "merge into {} using (select 1) s on {by_key} when matched then delete", target)


def truncate(connection: Connection[Any], target: Target) -> int:
    connection.execute(_fill("truncate {} cascade", target))
    return 1


READING, WRITING = frozenset({"select"}), frozenset({"select", "update"})

ATTACKS: dict[Attack, frozenset[str] | None] = {
    select_all: READING,
    select_by_key: READING,
    count: READING,
    exists: READING,
    copy_out: READING,
    select_for_update: WRITING,
    update: WRITING,
    update_returning: WRITING,
    give_away: WRITING,
    delete: frozenset({"select", "delete"}),
    delete_returning: frozenset({"select", "delete"}),
    merge: frozenset({"select", "delete"}),
    insert: frozenset({"insert"}),
    insert_select: frozenset({"select", "insert"}),
    upsert: frozenset({"select", "insert", "update"}),
    copy_in: None,
    truncate: None,
}
"""The attacks whose success is a number of rows, and the grants with which they work at home (None: never)."""


@dataclass
class Report:
    """What attacks did: ``leaks`` should not have worked, ``idle`` should have worked at home and did not."""

    leaks: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    tried: int = 0
    worked_at_home: int = 0

    def leak(self, attack: str, target: Target, role: str, what: object) -> None:
        """Note an attack's success."""
        self.leaks.append(f"{attack} on {target.table.full_name} as {role}: {what}")


def attack_table(connection: Connection[Any], role: str, own: Target, foreign: Target, report: Report) -> None:
    """Try everything on one table as one role in the tenant of ``own``."""
    granted = {privilege for grantee, privilege in own.table.grants if grantee == role}
    for attack, needs in ATTACKS.items():
        report.tried += 1
        at_home = _attempt(connection, role, own, attack)
        report.worked_at_home += bool(at_home)
        if needs is not None and needs <= granted and not at_home:
            report.idle.append(f"{attack.__name__} on {own.table.full_name} as {role}")
        if abroad := _attempt(connection, role, foreign, attack):
            report.leak(attack.__name__, own, role, abroad)
    for special in (_reference, _probe, _without_tenant):
        report.tried += 1
        if leak := special(connection, role, foreign):
            report.leak(special.__name__, own, role, leak)


def _attempt(connection: Connection[Any], role: str, target: Target, attack: Attack) -> int:
    with connection.transaction(force_rollback=True):
        become(connection, role, target.own["tenant_id"])
        try:
            with connection.transaction():
                return attack(connection, target)
        except REFUSALS:
            return 0
        except errors.UniqueViolation:
            return 1  # the answer itself tells of a row


def _reference(connection: Connection[Any], role: str, target: Target) -> str:
    """Point an own new row to the other tenant's parent."""
    for key in target.table.foreign_keys:
        pointing = {column: target.aimed[column] for column in key["columns"] if column != "tenant_id"}
        if pointing and None not in pointing.values() and _inserts(connection, role, target, pointing):
            return f"{key['name']} accepts another tenant's row"
    return ""


def _probe(connection: Connection[Any], role: str, target: Target) -> str:
    """Insert an own row with the other tenant's unique values: a refusal would tell that they are taken."""
    for index in target.table.unique_indexes:
        values = {name: target.aimed[name] for name in index["columns"] if name in target.aimed and name != "tenant_id"}
        try:
            if values:
                _inserts(connection, role, target, values)
        except errors.UniqueViolation as error:
            if str(index["name"]).endswith(str(error.diag.constraint_name)):
                return f"{index['name']} tells of another tenant's row"
    return ""


def _inserts(connection: Connection[Any], role: str, target: Target, values: Row) -> bool:
    with connection.transaction(force_rollback=True):
        become(connection, role, target.own["tenant_id"])
        try:
            with connection.transaction():
                return bool(insert_row(connection, target.table, {**target.fresh, **values}))
        except REFUSALS:
            return False


def _without_tenant(connection: Connection[Any], role: str, target: Target) -> str:
    with connection.transaction(force_rollback=True):
        connection.execute("select set_config('role', %s, true)", [role])
        try:
            with connection.transaction():
                connection.execute(_fill("select 1 from {}", target))
        except psycopg.Error:
            return ""
        return "the table answers"


def become(connection: Connection[Any], role: str, tenant_id: UUID) -> None:
    """Enter the transaction as the product does."""
    connection.execute(
        "select set_config('role', %s, true), set_config('adx.tenant_id', %s, true)", [role, str(tenant_id)]
    )


def _fill(statement: str, target: Target) -> sql.Composed:
    return sql.SQL(statement).format(target.name, by_key=target.by_key, by_tenant=target.by_tenant)


def _all(connection: Connection[Any], statement: str, target: Target) -> list[tuple[Any, ...]]:
    return connection.execute(_fill(statement, target)).fetchall()


def _count(connection: Connection[Any], statement: str, target: Target) -> int:
    return connection.execute(_fill(statement, target)).rowcount
