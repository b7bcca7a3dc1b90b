"""Prepare a bare PostgreSQL: the three roles that must exist before the first migration, and the database.

Needs a superuser, once, and may be repeated at will. Everything else is done by migrations, as ``adx_migrate``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from psycopg import Connection

    from core.settings import Settings

# adx_app is bound by row security and takes the role of a feature for each transaction, so it inherits nothing.
ROLES = {
    "adx_owner": "nologin nosuperuser nobypassrls nocreatedb nocreaterole inherit",
    "adx_migrate": "login nosuperuser nobypassrls nocreatedb createrole inherit",
    "adx_app": "login nosuperuser nobypassrls nocreatedb nocreaterole noinherit",
}


def bootstrap(superuser_url: str, *, database: str, app_password: str, migrate_password: str) -> None:
    """Create roles and database where missing, and set the roles' attributes and passwords as promised here."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for role, attributes in ROLES.items():
            _ensure_role(connection, role, attributes)
        _set_password(connection, "adx_app", app_password)
        _set_password(connection, "adx_migrate", migrate_password)
        connection.execute("grant adx_owner to adx_migrate with inherit true, set true")
        _ensure_database(connection, database)


def bootstrap_for(settings: Settings, superuser_url: str) -> None:
    """Prepare the server at ``superuser_url`` for the database, roles and passwords that the settings name."""
    app, migrate = urlsplit(settings.database_url), urlsplit(settings.migrate_database_url)
    bootstrap(
        superuser_url,
        database=unquote(app.path.lstrip("/")),
        app_password=unquote(app.password or ""),
        migrate_password=unquote(migrate.password or ""),
    )


def _ensure_role(connection: Connection, role: str, attributes: str) -> None:
    exists = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    verb = "alter" if exists else "create"
    connection.execute(sql.SQL(f"{verb} role {{}} {attributes}").format(sql.Identifier(role)))


def _set_password(connection: Connection, role: str, password: str) -> None:
    statement = sql.SQL("alter role {} password {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _ensure_database(connection: Connection, database: str) -> None:
    name = sql.Identifier(database)
    if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        connection.execute(sql.SQL("create database {} owner adx_owner").format(name))
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    connection.execute(sql.SQL("grant connect on database {} to adx_app, adx_migrate").format(name))
