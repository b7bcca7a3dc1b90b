"""A database of its own for what changes tables or fills all of them; the application and those who visit it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.security.actors import at_home, in_tenant  # noqa: F401  # fixtures of all tests here
from tests.security.anchoring import anchoring  # noqa: F401  # likewise
from tests.support.stack import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from core.identity import Identity
    from entrypoints.web import Application
    from tests.support.stack import Servers
    from web.kit.app import WebApp


@dataclass(frozen=True)
class Scratch:
    """A fresh copy of the migrated database, as its superuser and as the role that the product logs in as."""

    superuser_url: str
    login_url: str

    @contextmanager
    def as_superuser(self) -> Iterator[Connection[Any]]:
        """Connect above row security; what is not committed is rolled back."""
        with psycopg.connect(self.superuser_url) as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def as_login_role(self) -> Iterator[Connection[Any]]:
        """Connect as the product does; what is not committed is rolled back."""
        with psycopg.connect(self.login_url) as connection:
            yield connection
            connection.rollback()


@pytest.fixture(scope="module")
def scratch(servers: Servers, request: pytest.FixtureRequest) -> Iterator[Scratch]:
    """A copy of the template for one module."""
    module = request.node.name.rpartition("/")[2].removesuffix(".py")
    name = f"adx_scratch_{module}_{os.getpid()}"
    with psycopg.connect(servers.superuser_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy owner adx_owner").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
        connection.execute(sql.SQL("grant connect on database {} to adx_app").format(sql.Identifier(name)))
        yield Scratch(
            superuser_url=make_conninfo(servers.superuser_url, dbname=name),
            login_url=make_conninfo(servers.database_url, dbname=name),
        )
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def app(application: Application) -> WebApp:
    """The web application, whose URL map says what routes there are."""
    assert application.app is not None
    return application.app


@pytest.fixture
def identity(app: WebApp) -> Identity:
    """What the application believes for a second of tenants and sessions."""
    return app.kit.services.identity
