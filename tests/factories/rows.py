"""Rows for any table, made from what the catalog says of its columns, checks and keys.

What cannot be guessed stands in ``VALUES``: a column whose check is more than a list of words.
"""

# ruff: noqa: S608 - the names come from the catalog
from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from core.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from psycopg import Connection

    from tests.security.catalog import Catalog, Relation

Row = dict[str, Any]

VALUES: Mapping[tuple[str, str], Any] = {
    ("tenants.slugs", "slug"): lambda number: f"slug-{number}",
    ("platform.wordings", "forms"): lambda number: [f"form {number}"],
}
"""Makers of values for columns with checks of their own, by table and column; they get a number never given before."""

ONE_OF = re.compile(r"\(*(?P<column>\w+)(?:\))? = ANY \(+ARRAY\[(?P<words>[^\]]+)\]")
ONLY = re.compile(r"\(+(?P<column>\w+) = '(?P<word>[^']*)'::text")
WORD = re.compile(r"'([^']*)'::text")

_numbers = itertools.count(1)


class Rows:
    """Inserts rows into any table, with the rows that they point to."""

    def __init__(self, connection: Connection[Any], catalog: Catalog) -> None:
        self._connection = connection
        self._catalog = catalog

    def insert(self, table: Relation, tenant_id: UUID, **given: Any) -> Row:  # any column's value
        """Insert a row that breaks no rule, and return it; of a table with one row a tenant, the one that is there."""
        if found := self._existing(table, tenant_id):
            return found
        row = {**self.make(table, tenant_id), **given}
        insert_row(self._connection, table, row)
        return row

    def make(self, table: Relation, tenant_id: UUID) -> Row:
        """Return such a row, whose parents are in the database, without inserting it."""
        row = {column["name"]: _value(table, column) for column in table.columns if _is_wanted(table, column)}
        if "tenant_id" in table.column_names:
            row["tenant_id"] = tenant_id
        for key in table.foreign_keys:
            row |= self._parent(table, key, tenant_id)
        return row

    def _parent(self, table: Relation, key: Mapping[str, Any], tenant_id: UUID) -> Row:
        target = self._catalog.relations[key["target"]]
        if target.full_name == table.full_name or not _is_required(table, key):
            return {}
        parent = self.insert(target, tenant_id)
        return dict(zip(key["columns"], (parent[name] for name in key["target_columns"]), strict=True))

    def _existing(self, table: Relation, tenant_id: UUID) -> Row | None:
        """Return the tenant's row of a table that holds one row a tenant."""
        if [index["columns"] for index in table.unique_indexes] != [["tenant_id"]]:
            return None
        query = f"select * from {table.full_name} where tenant_id = %s"
        found = self._connection.execute(query.encode(), [tenant_id]).fetchone()
        return dict(zip(table.column_names, found, strict=True)) if found else None


def insert_row(connection: Connection[Any], table: Relation, row: Row) -> int:
    """Insert a row; returns how many were inserted."""
    columns, places = ", ".join(row), ", ".join(["%s"] * len(row))
    statement = f"insert into {table.full_name} ({columns}) values ({places})"
    return connection.execute(statement.encode(), list(row.values())).rowcount


def _is_wanted(table: Relation, column: Mapping[str, Any]) -> bool:
    in_key = any(column["name"] in index["columns"] for index in table.unique_indexes)
    return not column["generated"] and ((column["required"] and not column["default"]) or in_key)


def _is_required(table: Relation, key: Mapping[str, Any]) -> bool:
    required = {column["name"] for column in table.columns if column["required"]}
    return set(key["columns"]) <= required


def _value(table: Relation, column: Mapping[str, Any]) -> Any:  # any column's value
    number, name = next(_numbers), column["name"]
    if (table.full_name, name) in VALUES:
        return VALUES[table.full_name, name](number)
    words = _allowed_words(table, name)
    return words[0] if words else _value_of_type(column["type"], number)


def _allowed_words(table: Relation, column: str) -> list[str]:
    for check in table.checks:
        several, one = ONE_OF.search(check), ONLY.search(check)
        if several and several["column"] == column:
            return WORD.findall(several["words"])
        if one and one["column"] == column:
            return [one["word"]]
    return []


def _value_of_type(type_name: str, number: int) -> Any:  # any column's value
    if type_name.endswith("[]"):
        return []
    simple = {
        "uuid": new_id(),
        "text": f"text {number}",
        "bytea": number.to_bytes(8),
        "boolean": True,
        "jsonb": "{}",
        "inet": "192.0.2.1",
        "date": "2026-01-01",
        "interval": "1 hour",
        "double precision": float(number),
        "timestamp with time zone": f"2026-01-01 00:00:00+00:{number % 60:02}",
    }
    if type_name in {"integer", "bigint", "smallint", "numeric"}:
        return number
    return simple[type_name]
